"""The rollback handler's judgement: an alert of Flux and facts in, one decision for each image out.

signature       whether a request was signed with the key of the Provider
alerts          the body of a request -> an Alert; whether it says that a deployed thing is not healthy
rollback_times  when images were rolled back, from the tags of a repository alone
objections      every reason not to roll back
suspects        what is known of an image that the alert may be about
decision        alert and facts -> roll back to which tag, or refuse and why
"""
