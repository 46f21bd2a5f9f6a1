"""The commit message templates of ImageUpdateAutomations: Go's text/template with sprig's functions, over Flux's data.

lexer      text -> tokens
literals   strings, characters and numbers, as Go reads them
nodes      the parsed template
parser     tokens -> nodes, for the whole syntax
functions  names, parameters and results of the functions that Flux offers
values     the types of Flux's data
evaluate   nodes -> what fails when the template runs
problems   text -> why it will not render
"""
