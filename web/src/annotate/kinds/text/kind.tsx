// Free text.
import { Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Question, say } from "../../task";
import type { Complaint, Kind, Props } from "../kind";
import classes from "../kinds.module.css";

function limits(question: Question): { min: number; max: number } {
  const { min_length: min, max_length: max } = question.options;
  return { min: typeof min === "number" ? min : 1, max: typeof max === "number" ? max : 2000 };
}

/** Characters as the server counts them: code points of the composed form. */
export function length(text: string): number {
  return [...text.trim().normalize("NFC")].length;
}

export function problem(text: string, question: Question): Complaint | null {
  const { min, max } = limits(question);
  const found = length(text);
  if (found < min)
    return found === 0 ? { says: "problem.text" } : { says: "problem.longer", with: { count: min } };
  return found > max ? { says: "problem.shorter", with: { count: max } } : null;
}

function Editor({ question, item, value, onChange }: Props<string>) {
  const { t, i18n } = useTranslation("annotate");
  const { max } = limits(question);
  const found = length(value);
  return (
    <Textarea
      className={classes.text}
      label={say(question.title, i18n.language) || t("answer")}
      description={found > max * 0.8 ? t("text.left", { count: max - found }) : undefined}
      lang={item.language ?? undefined}
      dir="auto"
      autosize
      minRows={3}
      maxRows={8}
      autoFocus
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export const kind: Kind<string> = {
  Editor,
  View: ({ value, item }) => (
    <span className={classes.said} lang={item?.language ?? undefined} dir="auto">
      {value}
    </span>
  ),
  empty: () => "",
  problem,
  send: (value) => value.trim(),
};
