"""`buildtool rollback-handler`: the service as its HTTP side shows it.

service_command  the command and its options
serve            makes the parts, and runs them until a signal ends the service
branches         the deploy branch as a clone of this process, with all that the use case asks for
app              the HTTP interface: alerts in, page, metrics and health out
page             the page at `/`
metrics          `/metrics`, in Prometheus' text format
"""
