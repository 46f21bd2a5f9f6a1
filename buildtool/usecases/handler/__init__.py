"""`buildtool rollback-handler`: a signed alert of Flux comes in, and a deployed image that is not healthy goes back.

view       the newest commit of the deploy branch, and everything that is asked about it
commits    whether the commit that wrote a value is the automation's own
gather     the images that an alert may be about, with what git, the registry and the cluster say of them
act        one alert from its facts to its decisions; the rollback itself is that of `buildtool rollback`
intake     alerts that wait: a bounded queue in which each failure stands once
journal    the last decisions, how often each was taken, and the last look at the stations
worker     one alert after the other, and a look in between
"""
