// A receiver of webhooks for the tests: verifies each request with the two
// published clients, against the secrets that it is told, and prints one JSON
// line for each. What it answers depends on the path and on what it was told:
//   line on stdin {"secret": "whsec_..."}   one more secret that may have signed
//   line on stdin {"status": 503}           answers this from now on
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Webhook as Standard } from "standardwebhooks";
import { Webhook as Svix } from "svix";

const secrets = [];
let status = 204;

function verifies(Client, body, headers) {
  return secrets.some((secret) => {
    try {
      new Client(secret).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  });
}

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts).toString();
    const line = {
      id: request.headers["webhook-id"],
      timestamp: request.headers["webhook-timestamp"],
      sequence: Number(request.headers["azentiko-sequence"]),
      path: request.url,
      standard: verifies(Standard, body, request.headers),
      svix: verifies(Svix, body, request.headers),
      signatures: (request.headers["webhook-signature"] ?? "").split(" ").length,
      hash: createHash("sha256").update(body).digest("hex"),
      at: Date.now(),
      status,
    };
    if (!request.url.startsWith("/quiet")) line.body = JSON.parse(body);
    process.stdout.write(`${JSON.stringify(line)}\n`);
    response.writeHead(status).end();
  });
});

createInterface({ input: process.stdin }).on("line", (line) => {
  const order = JSON.parse(line);
  if (order.secret) secrets.push(order.secret);
  if (order.status) status = order.status;
  process.stdout.write(`${JSON.stringify({ done: order })}\n`);
});

server.listen(0, "127.0.0.1", () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`));
