"""Reads the parameters of a request as Stripe does: forms with brackets, and nothing that is not known."""

import re
from urllib.parse import parse_qsl


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status, type, message, code=None, param=None, is_kept=True, **more):
        super().__init__(message)
        self.status = status
        # Whether the same request under the same key gets it again: not when it was never begun.
        self.is_kept = is_kept
        self.error = {"type": type, "message": message} | ({"code": code} if code else {})
        self.error |= ({"param": param} if param else {}) | more


def invalid(message, code=None, param=None, status=400):
    return Refused(status, "invalid_request_error", message, code, param, is_kept=False)


def missing(kind, id, param="id", status=404):
    return invalid(f"No such {kind}: '{id}'", "resource_missing", param, status)


def tree(text):
    """`items[0][id]=si_1&expand[]=a` as dictionaries and lists."""
    root = {}
    for name, value in parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=1000):
        match = re.fullmatch(r"([^\[\]]+)((?:\[[^\[\]]*\])*)", name)
        if not match:
            raise invalid(f"Invalid parameter name: {name}", "parameter_unknown", name)
        keys = [match[1]] + re.findall(r"\[([^\[\]]*)\]", match[2])
        place = root
        for key in keys[:-1]:
            place = place.setdefault(key or str(len(place)), {})
            if not isinstance(place, dict):
                raise invalid(f"Invalid object: {name}", param=name)
        key = keys[-1] or str(len(place))
        if key in place:
            raise invalid(f"Received twice: {name}", param=name)
        place[key] = value
    return root


def checked(given, known, path=""):
    """What was given, converted by `known`: a kind for each name; `!` after a name says that it must be there."""
    kinds = {name.rstrip("!"): (kind, name.endswith("!")) for name, kind in known.items()}
    for name in given:
        if name not in kinds:
            full = f"{path}[{name}]" if path else name
            raise invalid(f"Received unknown parameter: {full}", "parameter_unknown", full)
    result = {}
    for name, (kind, is_needed) in kinds.items():
        full = f"{path}[{name}]" if path else name
        if name in given:
            result[name] = converted(given[name], kind, full)
        elif is_needed:
            raise invalid(f"Missing required param: {full}.", "parameter_missing", full)
    return result


def converted(value, kind, name):
    if isinstance(kind, list):
        if not isinstance(value, dict) or sorted(value) != sorted(str(i) for i in range(len(value))):
            raise invalid(f"Invalid array: {name}", param=name)
        return [converted(value[str(i)], kind[0], f"{name}[{i}]") for i in range(len(value))]
    if isinstance(kind, dict):
        if value == "":
            return None
        if not isinstance(value, dict):
            raise invalid("Invalid object", param=name)
        return checked(value, kind, name)
    if kind == "notes":
        if value == "":
            return None
        if not isinstance(value, dict) or any(not isinstance(v, str) for v in value.values()):
            raise invalid("Invalid hash", param=name)
        for key, text in value.items():
            if len(key) > 40 or len(text) > 500:
                raise invalid(f"Metadata is too long: {key}", param=name)
        if len(value) > 50:
            raise invalid("Metadata can only have 50 keys", param=name)
        return value
    if not isinstance(value, str):
        raise invalid(f"Invalid string: {name}", param=name)
    if isinstance(kind, tuple):
        if value not in kind:
            raise invalid(f"Invalid {name}: must be one of {', '.join(kind)}", param=name)
        return value
    if kind == "number":
        if not re.fullmatch(r"-?[0-9]{1,15}", value):
            raise invalid(f"Invalid integer: {value}", "parameter_invalid_integer", name)
        return int(value)
    if kind == "count":
        number = converted(value, "number", name)
        if number < 0:
            raise invalid(f"Must be 0 or more: {name}", param=name)
        return number
    if kind == "truth":
        if value not in ("true", "false"):
            raise invalid(f"Invalid boolean: {value}", param=name)
        return value == "true"
    if kind == "time":
        return None if value == "" else value if value == "now" else converted(value, "count", name)
    if kind == "url":
        if not re.fullmatch(r"https?://[^\s]+", value):
            raise invalid("Not a valid URL", "url_invalid", name)
        return value
    if kind == "email":
        if value and not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
            raise invalid(f"Invalid email address: {value}", "email_invalid", name)
        return value or None
    assert kind == "text", kind
    if len(value) > 5000:
        raise invalid(f"Too long: {name}", param=name)
    return value


def noted(before, given):
    """Metadata after an update: an empty text takes a key away."""
    if given is None:
        return {}
    return {k: v for k, v in (before | given).items() if v != ""}
