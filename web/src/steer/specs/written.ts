// Specs as people write them: a guideline is Markdown, everything else YAML.
import { parse, stringify } from "yaml";

/** A spec that is nothing but a text, or has nothing but one. */
function prose(body: unknown): string | null {
  if (typeof body === "string") return body;
  const { text, ...rest } = (body ?? {}) as Record<string, unknown>;
  return typeof text === "string" && Object.keys(rest).length === 0 ? text : null;
}

export function written(body: unknown): string {
  return prose(body) ?? stringify(body, { lineWidth: 100, sortMapEntries: asPeopleDo });
}

/** What people write first. The database keeps no order of fields. */
const FIRST = [
  ["name", "id", "use", "kind", "question", "title", "key", "objective", "target", "budget", "steps"],
  ["judgements", "accept", "escalate", "experts", "audit", "gold", "machine", "lease", "pay"],
  ["description", "classes", "points", "when", "then", "say", "min", "max", "examples", "counterexamples"],
].flat();

function asPeopleDo(one: { key: unknown }, other: { key: unknown }): number {
  const place = ({ key }: { key: unknown }) => {
    const name = typeof key === "object" && key !== null && "value" in key ? String(key.value) : String(key);
    const at = FIRST.indexOf(name);
    return at < 0 ? FIRST.length : at;
  };
  return place(one) - place(other);
}

/** What was written, as the API takes it. Throws with line and column when it is no YAML. */
export function read(text: string, was: unknown): unknown {
  if (typeof was === "string") return text;
  return prose(was) === null ? parse(text, { prettyErrors: true }) : { text };
}
