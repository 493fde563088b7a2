// The package's manifest against its format's own schema, found as tools find it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv";

const require = createRequire(import.meta.url);
const read = (name) => JSON.parse(readFileSync(require.resolve(name), "utf8"));
const at = read("chat-room/package.json").customElements;
const check = new Ajv({ strict: false, allErrors: true }).compile(read("custom-elements-manifest/schema.json"));
if (!check(read(`chat-room/${at}`))) {
  console.error(check.errors);
  process.exit(1);
}
