// An answer of any kind, to be read only: for experts, managers, and one's own earlier answers.
import type { Item, Question } from "../task";
import { useKind } from "./registry";

export function Answer({ question, value, item }: { question: Question; value: unknown; item?: Item }) {
  const kind = useKind(question.kind);
  if (value === null || value === undefined) return null;
  if (!kind) return <code>{JSON.stringify(value)}</code>;
  return <kind.View question={question} value={value} item={item} />;
}
