"""Tokens to nodes, for the whole syntax of Go's text/template, with Go's words for what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.flux.gotemplate import literals, nodes
from buildtool.core.flux.gotemplate.lexer import Kind, SyntaxFailure, tokens

if TYPE_CHECKING:
    from buildtool.core.flux.gotemplate.lexer import Token

_DEEPEST = 60  # blocks and parentheses inside each other; Go allows 10,000
_LITERALS = (nodes.Bool, nodes.Dot, nodes.Nil, nodes.Number, nodes.String)
_OPERANDS = {
    Kind.BOOL, Kind.CHARACTER, Kind.COMPLEX, Kind.DOT, Kind.FIELD, Kind.IDENTIFIER, Kind.NUMBER, Kind.NIL, Kind.RAW,
    Kind.STRING, Kind.VARIABLE, Kind.OPEN,
}  # fmt: skip


class TooDeepError(Exception):
    """The template is nested more deeply than is looked at."""


class _End(NamedTuple):
    """What ended a list: `{{end}}` or `{{else}}`."""

    word: str
    position: int


def parse(text: str, functions: frozenset[str]) -> nodes.Parsed:
    """The parsed template; raises SyntaxFailure, TooDeepError."""
    parser = _Parser(text, functions)
    body = parser.top()
    return nodes.Parsed(body, parser.defined, frozenset(parser.assigned))


class _Parser:
    def __init__(self, text: str, functions: frozenset[str]) -> None:
        self.stream = tokens(text)
        self.waiting: list[Token] = []
        self.functions = functions
        self.variables = ["$"]
        self.assigned: set[str] = set()
        self.defined: dict[str, tuple[nodes.Node, ...]] = {}
        self.ranges = 0
        self.depth = 0

    # --- tokens
    def next(self) -> Token:
        return self.waiting.pop() if self.waiting else next(self.stream)

    def back(self, *read: Token) -> None:
        self.waiting.extend(reversed(read))

    def peek(self) -> Token:
        if not self.waiting:
            self.waiting.append(next(self.stream))
        return self.waiting[-1]

    def next_word(self) -> Token:
        """The next token that is no space."""
        token = self.next()
        while token.kind is Kind.SPACE:
            token = self.next()
        return token

    def peek_word(self) -> Token:
        token = self.next_word()
        self.back(token)
        return token

    def expect(self, kind: Kind, where: str) -> Token:
        token = self.next_word()
        if token.kind is not kind:
            raise self.unexpected(token, where)
        return token

    def unexpected(self, token: Token, where: str) -> SyntaxFailure:
        shown = "EOF" if token.kind is Kind.EOF else f"<{token.text}>"
        return SyntaxFailure(f"unexpected {shown} in {where}", token.position)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise TooDeepError

    # --- lists
    def top(self) -> tuple[nodes.Node, ...]:
        found: list[nodes.Node] = []
        while self.peek().kind is not Kind.EOF:
            if self.peek().kind is Kind.LEFT:
                left = self.next()
                word = self.next_word()
                if (word.kind, word.text) == (Kind.KEYWORD, "define"):
                    self._definition()
                    continue
                self.back(left, word)
            node = self.text_or_action()
            if isinstance(node, _End):
                raise SyntaxFailure(f"unexpected {{{{{node.word}}}}}", node.position)
            found.append(node)
        return tuple(found)

    def items(self) -> tuple[tuple[nodes.Node, ...], _End]:
        self.deeper()
        found: list[nodes.Node] = []
        while self.peek_word().kind is not Kind.EOF:
            node = self.text_or_action()
            if isinstance(node, _End):
                self.depth -= 1
                return tuple(found), node
            found.append(node)
        raise SyntaxFailure("unexpected EOF", self.peek().position)

    def text_or_action(self) -> nodes.Node | _End:
        token = self.next_word()
        if token.kind is Kind.TEXT:
            return nodes.Text(token.position, not token.text.strip())
        if token.kind is not Kind.LEFT:
            raise self.unexpected(token, "input")
        word = self.next_word()
        if word.kind is Kind.KEYWORD and word.text != "define":
            return self._keyword(word)
        self.back(word)
        return nodes.Action(word.position, self.pipeline("command", Kind.RIGHT))

    def _keyword(self, word: Token) -> nodes.Node | _End:
        name = word.text
        if name in ("break", "continue"):
            return self._jump(word)
        if name == "end":
            self.expect(Kind.RIGHT, "end")
            return _End("end", word.position)
        if name == "else":
            return self._else(word)
        if name == "template":
            return self._template(word)
        return self._block(word) if name == "block" else self._control(word)

    def _jump(self, word: Token) -> nodes.Jump:
        self.expect(Kind.RIGHT, f"{{{{{word.text}}}}}")
        if not self.ranges:
            raise SyntaxFailure(f"{{{{{word.text}}}}} outside {{{{range}}}}", word.position)
        return nodes.Jump(word.position, word.text)

    def _else(self, word: Token) -> _End:
        following = self.peek_word()
        if not (following.kind is Kind.KEYWORD and following.text in ("if", "with")):
            self.expect(Kind.RIGHT, "else")
        return _End("else", word.position)

    # --- blocks
    def _control(self, word: Token) -> nodes.Control:
        mark = len(self.variables)
        pipeline = self.pipeline(word.text, Kind.RIGHT)
        self.ranges += word.text == "range"
        body, end = self.items()
        self.ranges -= word.text == "range"
        otherwise: tuple[nodes.Node, ...] = ()
        if end.word == "else":
            otherwise = self._otherwise(word)
        del self.variables[mark:]
        return nodes.Control(word.position, word.text, pipeline, body, otherwise)

    def _otherwise(self, word: Token) -> tuple[nodes.Node, ...]:
        """What stands behind `{{else}}`; `{{else if …}}` is an if of its own that ends with this one."""
        following = self.peek()
        if word.text in ("if", "with") and (following.kind, following.text) == (Kind.KEYWORD, word.text):
            self.deeper()
            found: tuple[nodes.Node, ...] = (self._control(self.next()),)
            self.depth -= 1
            return found
        found, end = self.items()
        if end.word != "end":
            raise SyntaxFailure(f"expected end; found {{{{{end.word}}}}}", end.position)
        return found

    def _definition(self) -> None:
        name = self._name(self.next_word(), "define clause")
        self.expect(Kind.RIGHT, "define clause")
        self._body(name, "define clause")

    def _block(self, word: Token) -> nodes.Template:
        name = self._name(self.next_word(), "block clause")
        pipeline = self.pipeline("block clause", Kind.RIGHT)
        self._body(name, "block clause")
        return nodes.Template(word.position, name, pipeline)

    def _body(self, name: str, where: str) -> None:
        """The body of a template of its own: it sees no variables and no range from outside."""
        outside = self.variables, self.ranges
        self.variables, self.ranges = ["$"], 0
        body, end = self.items()
        self.variables, self.ranges = outside
        if end.word != "end":
            raise SyntaxFailure(f"unexpected {{{{{end.word}}}}} in {where}", end.position)
        if not _is_empty(self.defined.get(name, ())):
            if not _is_empty(body):
                raise SyntaxFailure(f'template: multiple definition of template "{name}"', end.position)
            return
        self.defined[name] = body

    def _template(self, word: Token) -> nodes.Template:
        name = self._name(self.next_word(), "template clause")
        following = self.next_word()
        if following.kind is Kind.RIGHT:
            return nodes.Template(word.position, name, None)
        self.back(following)
        return nodes.Template(word.position, name, self.pipeline("template clause", Kind.RIGHT))

    def _name(self, token: Token, where: str) -> str:
        if token.kind not in (Kind.STRING, Kind.RAW):
            raise self.unexpected(token, where)
        return self._string(token).value

    # --- pipelines
    def pipeline(self, where: str, end: Kind) -> nodes.Pipeline:
        self.deeper()
        position = self.peek_word().position
        declares, assigns = self._declarations(where)
        commands: list[nodes.Command] = []
        while True:
            token = self.next_word()
            if token.kind is end:
                break
            if token.kind not in _OPERANDS:
                raise self.unexpected(token, where)
            self.back(token)
            commands.append(self._command())
        self.depth -= 1
        if not commands:
            raise SyntaxFailure(f"missing value for {where}", token.position)
        for number, command in enumerate(commands[1:], start=2):
            if isinstance(command.arguments[0], _LITERALS):
                raise SyntaxFailure(f"non executable command in pipeline stage {number}", command.position)
        return nodes.Pipeline(position, declares, assigns, tuple(commands))

    def _declarations(self, where: str) -> tuple[tuple[str, ...], bool]:
        """`$x :=`, `$i, $x :=`, `$x =`, or nothing."""
        declares: list[str] = []
        while self.peek_word().kind is Kind.VARIABLE:
            variable = self.next_word()
            after = self.peek()
            sign = self.peek_word()
            if sign.kind in (Kind.ASSIGN, Kind.DECLARE):
                self.next_word()
                declares.append(variable.text)
                self.variables.append(variable.text)
                if sign.kind is Kind.ASSIGN:
                    self.assigned.update(declares)
                return tuple(declares), sign.kind is Kind.ASSIGN
            if (sign.kind, sign.text) != (Kind.OTHER, ","):
                self.back(*([variable, after] if after.kind is Kind.SPACE else [variable]))
                break
            self.next_word()
            declares.append(variable.text)
            self.variables.append(variable.text)
            if where != "range" or len(declares) > 1:
                raise SyntaxFailure(f"too many declarations in {where}", variable.position)
            if self.peek_word().kind not in (Kind.VARIABLE, Kind.RIGHT, Kind.CLOSE):
                raise SyntaxFailure("range can only initialize variables", self.peek().position)
        return tuple(declares), False

    def _command(self) -> nodes.Command:
        position = self.peek_word().position
        arguments: list[nodes.Operand] = []
        while True:
            self.peek_word()
            operand = self._operand()
            if operand is not None:
                arguments.append(operand)
            token = self.next()
            if token.kind is Kind.SPACE:
                continue
            if token.kind in (Kind.RIGHT, Kind.CLOSE):
                self.back(token)
            elif token.kind is not Kind.PIPE:
                raise self.unexpected(token, "operand")
            break
        if not arguments:
            raise SyntaxFailure("empty command", position)
        return nodes.Command(position, tuple(arguments))

    def _operand(self) -> nodes.Operand | None:
        node = self._term()
        if node is None or self.peek().kind is not Kind.FIELD:
            return node
        names = []
        while self.peek().kind is Kind.FIELD:
            names.append(self.next().text[1:])
        if isinstance(node, nodes.Field | nodes.Variable):
            return node._replace(names=(*node.names, *names))
        if isinstance(node, _LITERALS):
            raise SyntaxFailure("unexpected . after term", node.position)
        return nodes.Chain(node.position, node, tuple(names))

    def _term(self) -> nodes.Operand | None:
        token = self.next_word()
        kind, position = token.kind, token.position
        if kind is Kind.IDENTIFIER:
            if token.text not in self.functions:
                raise SyntaxFailure(f'function "{token.text}" not defined', position)
            return nodes.Identifier(position, token.text)
        if kind is Kind.VARIABLE:
            if token.text not in self.variables:
                raise SyntaxFailure(f'undefined variable "{token.text}"', position)
            return nodes.Variable(position, (token.text,))
        if kind is Kind.OPEN:
            return self.pipeline("parenthesized pipeline", Kind.CLOSE)
        if kind is Kind.FIELD:
            return nodes.Field(position, (token.text[1:],))
        if kind is Kind.DOT:
            return nodes.Dot(position)
        return self._literal(token)

    def _literal(self, token: Token) -> nodes.Operand | None:
        if token.kind in (Kind.NIL, Kind.BOOL):
            return nodes.Nil(token.position) if token.kind is Kind.NIL else nodes.Bool(token.position)
        if token.kind in (Kind.STRING, Kind.RAW):
            return self._string(token)
        if token.kind not in (Kind.CHARACTER, Kind.COMPLEX, Kind.NUMBER):
            self.back(token)
            return None
        if token.kind is Kind.CHARACTER:
            constant = literals.Number("int", True, True, True) if literals.character_is_valid(token.text) else None
        elif token.kind is Kind.COMPLEX:
            constant = literals.complex_number(token.text)
        else:
            constant = literals.number(token.text)
        if constant is None:
            raise SyntaxFailure(f'illegal number syntax: "{token.text}"', token.position)
        return nodes.Number(token.position, token.text, constant)

    def _string(self, token: Token) -> nodes.String:
        if not literals.string_is_valid(token.text):
            raise SyntaxFailure("invalid syntax", token.position)
        return nodes.String(token.position, literals.string_value(token.text))


def _is_empty(body: tuple[nodes.Node, ...]) -> bool:
    return all(isinstance(node, nodes.Text) and node.blank for node in body)
