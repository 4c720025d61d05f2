// How sure somebody says they are: one quiet row, which nobody has to fill in.
import { Kbd, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { shown, useKeys } from "@/shared/keys";
import classes from "./work.module.css";

/** What the words stand for among 0 to 1: the middle of each third of what people mean by them. */
const LEVELS = [
  ["guess", 0.4],
  ["fairly", 0.7],
  ["sure", 0.95],
] as const;

interface Props {
  press: string;
  value: number | undefined;
  onChange: (sure: number | undefined) => void;
}

export function Sure({ press, value, onChange }: Props) {
  const { t } = useTranslation("annotate");
  const at = LEVELS.findIndex(([, level]) => level === value);
  // One key goes through the levels, and then back to having said nothing.
  useKeys([{ press, does: t("sure.key"), run: () => onChange(LEVELS[at + 1]?.[1]) }]);
  return (
    <fieldset className={classes.sure} aria-label={t("sure.label")}>
      <Kbd aria-hidden>{shown(press)}</Kbd>
      <span>{t("sure.label")}</span>
      {LEVELS.map(([name, level]) => (
        <UnstyledButton
          key={name}
          className={classes.level}
          aria-pressed={level === value}
          onClick={() => onChange(level === value ? undefined : level)}
        >
          {t(`sure.${name}`)}
        </UnstyledButton>
      ))}
    </fieldset>
  );
}
