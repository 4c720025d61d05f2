// Specs as people write them: a guideline is Markdown, everything else YAML.
import { parse, stringify } from "yaml";

export function written(body: unknown): string {
  return typeof body === "string" ? body : stringify(body, { lineWidth: 100 });
}

/** What was written, as the API takes it. Throws with line and column when it is no YAML. */
export function read(text: string, was: unknown): unknown {
  return typeof was === "string" ? text : parse(text, { prettyErrors: true });
}
