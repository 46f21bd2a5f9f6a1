"""Harbor as its documentation and source say it behaves, in front of a real registry that stores the images."""
