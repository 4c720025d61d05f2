// A number in a range. While it is written it is text, so that "3," and "-" can stand for a moment.
import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { count } from "@/shared/format";
import { say } from "../../task";
import type { Kind, Props } from "../kind";
import classes from "../kinds.module.css";
import { optionsOf, problem, read } from "./number";

function Editor({ question, value, onChange }: Props<string>) {
  const { t, i18n } = useTranslation("annotate");
  const { min, max, unit } = optionsOf(question);
  const [low, high] = [min == null ? null : count(min, 6), max == null ? null : count(max, 6)];
  const range =
    low !== null && high !== null
      ? t("number.between", { low, high })
      : low !== null
        ? t("number.from", { limit: low })
        : high !== null && t("number.to", { limit: high });
  return (
    <TextInput
      className={classes.number}
      size="lg"
      label={say(question.title, i18n.language) || t("answer")}
      description={[range, unit].filter(Boolean).join(" ") || undefined}
      inputMode="decimal"
      autoComplete="off"
      autoFocus
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSection={unit ? <span className={classes.unit}>{unit}</span> : undefined}
      rightSectionWidth={unit ? 16 + 9 * unit.length : undefined}
    />
  );
}

export const kind: Kind<string> = {
  Editor,
  View: ({ question, value }) => {
    const number = read(String(value));
    return (
      <span>
        {number === null ? String(value) : count(number, 6)} {optionsOf(question).unit}
      </span>
    );
  },
  empty: () => "",
  problem,
  send: (value) => read(value),
  receive: (value) => String(value),
};
