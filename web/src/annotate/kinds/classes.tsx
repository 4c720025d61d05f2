// Classes to choose from: one row each with its key, its title, its description, and more on request.
import { ActionIcon, Kbd, List, Popover, Stack, Text } from "@mantine/core";
import { type CSSProperties, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useKeys } from "@/shared/keys";
import { classColour } from "@/shared/theme";
import { classKeys, shown } from "../hotkeys";
import { type Class, type Question, say } from "../task";
import type { Focus } from "./kind";
import classes from "./kinds.module.css";

interface Choosing {
  question: Question;
  chosen: readonly string[];
  onToggle: (id: string) => void;
  many?: boolean;
  /** In a row, as steps of a scale. */
  inRow?: boolean;
  focus: Focus;
  onFocus: (focus: Partial<Focus>) => void;
}

export function Classes({ question, chosen, onToggle, many = false, inRow = false, onFocus }: Choosing) {
  const { t, i18n } = useTranslation("annotate");
  const words = (written: Class["title"]) => say(written, i18n.language);
  const titles = new Map(question.classes.map((one) => [one.id, words(one.title)]));
  const choose = (id: string) => {
    onFocus({ label: id });
    onToggle(id);
  };
  const inputs = useRef(new Map<string, HTMLInputElement | null>());
  // The focus goes along: it is read out, and Enter is then no longer some button's.
  const press = (id: string) => {
    inputs.current.get(id)?.focus({ preventScroll: true, focusVisible: false } as FocusOptions);
    choose(id);
  };
  useKeys(classKeys(question, (id) => titles.get(id) ?? id, press));
  const layout = inRow ? classes.steps : question.classes.length > 6 ? classes.columns : classes.rows;
  return (
    <fieldset className={layout} style={{ "--steps": question.classes.length } as CSSProperties}>
      <legend className={classes.hidden}>{words(question.title) || t("answer")}</legend>
      {question.classes.map((one, position) => (
        <div
          key={one.id}
          className={classes.row}
          data-chosen={chosen.includes(one.id)}
          style={{ "--class": classColour(position) } as CSSProperties}
          onPointerEnter={() => onFocus({ label: one.id })}
        >
          <label className={classes.option}>
            <input
              ref={(input) => void inputs.current.set(one.id, input)}
              type={many ? "checkbox" : "radio"}
              name="answer"
              className={classes.input}
              checked={chosen.includes(one.id)}
              onChange={() => choose(one.id)}
              onFocus={() => onFocus({ label: one.id })}
            />
            {one.key && (
              <Kbd className={classes.key} aria-hidden>
                {shown(one.key)}
              </Kbd>
            )}
            <span className={classes.words}>
              <span className={classes.name}>{words(one.title)}</span>
              {!inRow && words(one.description) && (
                <span className={classes.description}>{words(one.description)}</span>
              )}
            </span>
          </label>
          <Guidance one={one} />
        </div>
      ))}
    </fieldset>
  );
}

/** What a class means: description, examples, counter-examples. */
export function Guidance({ one }: { one: Class }) {
  const { t, i18n } = useTranslation("annotate");
  const title = say(one.title, i18n.language);
  const description = say(one.description, i18n.language);
  if (!description && one.examples.length + one.counterexamples.length === 0) return null;
  return (
    <Popover position="top-end" width={340} withinPortal trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          className={classes.about}
          aria-label={t("guidance.about", { title })}
        >
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
            <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" />
            <path d="M8 7.2v4M8 4.6v.2" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
          </svg>
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("guidance.about", { title })} tabIndex={-1}>
        <Stack gap="xs">
          <Text fw={600}>{title}</Text>
          {description && <Text size="sm">{description}</Text>}
          <Cases title={t("guidance.examples")} sign="✓" cases={one.examples} />
          <Cases title={t("guidance.counterexamples")} sign="✗" cases={one.counterexamples} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function Cases({ title, sign, cases }: { title: string; sign: string; cases: readonly string[] }) {
  if (cases.length === 0) return null;
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        {title}
      </Text>
      <List size="sm" spacing={4} icon={<span aria-hidden="true">{sign}</span>}>
        {cases.map((one) => (
          <List.Item key={one}>{one}</List.Item>
        ))}
      </List>
    </div>
  );
}

/** The names of chosen classes, as chips. */
export function Chips({ question, ids }: { question: Question; ids: readonly string[] }) {
  const { t } = useTranslation("annotate");
  if (ids.length === 0) return <span className={classes.none}>{t("nothing")}</span>;
  return (
    <span className={classes.chips}>
      {ids.map((id) => (
        <Chip key={id} question={question} id={id} />
      ))}
    </span>
  );
}

function Chip({ question, id }: { question: Question; id: string }) {
  const { i18n } = useTranslation();
  const position = question.classes.findIndex((one) => one.id === id);
  return (
    <span className={classes.chip} style={{ "--class": classColour(Math.max(position, 0)) } as CSSProperties}>
      {say(question.classes[position]?.title, i18n.language) || id}
    </span>
  );
}
