// The guideline beside the task: at the clause that matters, and it keeps its place while one goes on working.
import { Anchor, CloseButton, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import Prose from "./item/prose";
import { type Guide, say } from "./task";
import classes from "./work.module.css";

export default function Guideline({
  guide,
  clause,
  onClose,
}: {
  guide: Guide;
  clause: string | null;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation("annotate");
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!clause) return;
    const found = place.current?.querySelector(`[data-clause="${CSS.escape(clause)}"]`);
    if (place.current && found instanceof HTMLElement) place.current.scrollTop = found.offsetTop - 64;
  }, [clause]);
  const clauses = guide.guideline?.clauses ?? [];
  return (
    <aside ref={place} className={classes.guideline} aria-label={t("guideline.title")} tabIndex={0}>
      <div className={classes.guidelineTop}>
        <h2>{t("guideline.title")}</h2>
        {guide.guideline && (
          <Text size="xs" c="dimmed">
            {t("guideline.version", { version: guide.guideline.version })}
          </Text>
        )}
        <CloseButton onClick={onClose} aria-label={t("guideline.close")} ms="auto" />
      </div>
      {clauses.length === 0 && (
        <Text c="dimmed">{say(guide.objective, i18n.language) || t("guideline.none")}</Text>
      )}
      {clauses.map((one, i) => (
        <div
          key={one.id ?? `${i}${one.title}`}
          data-clause={one.id}
          className={classes.clause}
          data-at={(one.id !== null && one.id === clause) || undefined}
        >
          <Prose text={unlisted(one.text)} />
        </div>
      ))}
      <Anchor size="sm" component={Link} to={`/work/accessibility/${guide.project}`}>
        {t("accessibility.link", { project: guide.project })}
      </Anchor>
    </aside>
  );
}

/** A clause that is written as an item of a list, as a paragraph. */
function unlisted(text: string): string {
  const marked = /^\s{0,3}[-*]\s+/.exec(text);
  if (!marked) return text;
  const indent = new RegExp(`^ {1,${marked[0].length}}`);
  return text
    .slice(marked[0].length)
    .split("\n")
    .map((line) => line.replace(indent, ""))
    .join("\n");
}
