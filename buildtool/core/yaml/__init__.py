"""YAML text as trees with positions: `parse(text)` never raises and never takes more than its bounds allow."""
