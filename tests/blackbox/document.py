"""schema/openapi.yaml, for tests: its operations, and whether an answer is one that it tells of."""
import json
import os
import re

import jsonschema
import yaml
from server import ROOT

with open(os.path.join(ROOT, "schema", "openapi.yaml"), encoding="utf-8") as _file:
    DOCUMENT = yaml.load(_file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def resolve(node):
    while "$ref" in node:
        found = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


class Operation:
    def __init__(self, method, path, content):
        self.method, self.path, self.content = method.upper(), path, content
        self.for_clients = "key" in content["security"][0]
        self.scopes = content["security"][0].get("key", [])
        self.pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", re.escape(path).replace(r"\{", "{").replace(r"\}", "}")) + r"\Z")
        self.path_names = re.findall(r"\{(\w+)\}", path)
        parameters = [resolve(p) for p in content.get("parameters", [])]
        self.query = {p["name"]: p for p in parameters if p["in"] == "query"}
        self.required = [name for name, p in self.query.items() if p.get("required")]
        body = content.get("requestBody")
        self.body = body and body["content"]["application/json"]["schema"]
        self.media = list(content["responses"].get("200", {}).get("content", {}))
        self.is_list = "cursor" in self.query and self.media == ["application/json"]

    def __repr__(self):
        return f"{self.method} {self.path}"

    def check(self, status, content_type, text):
        """The answer is one of those that the document has for this operation."""
        responses = self.content["responses"]
        assert str(status) in responses, f"{self} answered {status}, which is not in the document: {text[:300]}"
        content = resolve(responses[str(status)]).get("content")
        if not content:
            assert text == "", f"{self} answered {status} with a body"
            return
        kind = content_type.split(";")[0]
        assert kind in content, f"{self} answered {kind}"
        if kind.endswith("json"):
            schema = resolve(content[kind]["schema"])
            jsonschema.validate(json.loads(text), {**schema, "components": DOCUMENT["components"]})


OPERATIONS = [Operation(method, path, content) for path, methods in DOCUMENT["paths"].items()
              for method, content in methods.items()]


def find(method, path):
    found = [o for o in OPERATIONS if o.method == method and o.pattern.match(path.split("?")[0])]
    return min(found, key=lambda o: len(o.path_names), default=None)
