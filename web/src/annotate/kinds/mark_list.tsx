// The classes to mark with and the marks made, for kinds that mark places in an item.
import { ActionIcon, Kbd, UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import { classColour } from "@/shared/theme";
import { free, shown } from "../hotkeys";
import { type Question, say } from "../task";
import { Guidance } from "./classes";
import type { Focus } from "./kind";
import classes from "./kinds.module.css";

interface Listed {
  question: Question;
  /** The class of each mark. */
  labels: readonly string[];
  /** What each mark holds, in words. */
  words?: readonly string[];
  focus?: Focus;
  onFocus?: (focus: Partial<Focus>) => void;
  /** A class was chosen with the pointer. */
  onArm?: (id: string) => void;
  onRemove?: (at: number) => void;
  /** Of which kind to say what to do when there is no mark yet. */
  hint?: "spans" | "boxes";
}

export function List({ question, labels, words, focus, onFocus, onArm, onRemove, hint }: Listed) {
  const { t, i18n } = useTranslation("annotate");
  const finger = useMediaQuery("(pointer: coarse)", false, { getInitialValueInEffect: false });
  const position = new Map(question.classes.map((one, i) => [one.id, i]));
  const title = (id: string) => say(question.classes[position.get(id) ?? -1]?.title, i18n.language) || id;
  const colour = (id: string) => ({ "--class": classColour(position.get(id) ?? 0) }) as CSSProperties;
  return (
    <div>
      {onFocus && (
        <div className={classes.palette}>
          {question.classes.map((one) => (
            <span
              key={one.id}
              className={classes.armed}
              data-armed={(!onArm && focus?.label === one.id) || undefined}
              style={colour(one.id)}
            >
              <UnstyledButton
                className={classes.arm}
                aria-pressed={onArm ? undefined : focus?.label === one.id}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => (onArm ? onArm(one.id) : onFocus({ label: one.id }))}
              >
                {one.key && <Kbd aria-hidden>{shown(one.key)}</Kbd>} {title(one.id)}
              </UnstyledButton>
              <Guidance one={one} />
            </span>
          ))}
        </div>
      )}
      {labels.length > 0 && (
        <ol className={classes.marks} aria-label={t("marks.made")}>
          {labels.map((label, i) => {
            const name = words?.[i] ?? t("marks.number", { number: i + 1 });
            return (
              <li
                // biome-ignore lint/suspicious/noArrayIndexKey: a mark is known by its place in the list
                key={i}
                className={classes.mark}
                data-selected={i === focus?.mark || undefined}
                style={colour(label)}
              >
                <UnstyledButton
                  className={classes.markName}
                  aria-pressed={i === focus?.mark}
                  disabled={!onFocus}
                  onClick={() => onFocus?.({ mark: i, label })}
                >
                  <b>{title(label)}</b> <span dir="auto">{name}</span>
                </UnstyledButton>
                {onRemove && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t("marks.remove", { text: name })}
                    onClick={() => {
                      onRemove(i);
                      onFocus?.({ mark: null });
                    }}
                  >
                    ×
                  </ActionIcon>
                )}
              </li>
            );
          })}
        </ol>
      )}
      {labels.length === 0 && hint && (
        <p className={classes.hint}>
          {t(`${hint}.${finger ? "touch" : "hint"}`, { press: shown(free("b", question)) })}
        </p>
      )}
    </div>
  );
}
