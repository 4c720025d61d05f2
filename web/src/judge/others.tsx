// Both sides of a dispute, and what experts said of items like this one. Shown when the case carries them.
import { Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Answer } from "@/annotate/kinds/answer";
import type { Question } from "@/annotate/task";
import { ago, percent } from "@/shared/format";
import classes from "./judge.module.css";
import { type Case, precedentsOf } from "./queue";

interface Props {
  found: Case;
  question: Question;
}

/** Each dispute with both sides' words: the annotator's, and the latest expert's before. */
export function Sides({ found, question }: Props) {
  const { t } = useTranslation("judge");
  const disputes = found.disputes ?? [];
  const before = (found.said ?? []).at(-1);
  if (disputes.length === 0 && !before) return null;
  const side = (name: string, value: unknown, words: string | undefined) => (
    <div className={classes.side}>
      <strong>{name}</strong> <Answer question={question} value={value} item={found} />
      <q className={classes.comment}>{words || t("dispute.noWords")}</q>
    </div>
  );
  return (
    <section>
      <Title order={2}>{t(disputes.length > 0 ? "dispute.title" : "dispute.before")}</Title>
      {disputes.map((one) => (
        <div key={one.annotation}>
          {side(t("dispute.annotator", { who: one.annotator }), one.value, one.reason)}
          {!before && side(t("dispute.against"), one.against, undefined)}
        </div>
      ))}
      {before && side(t("dispute.expert", { who: before.expert }), before.value, before.rationale)}
    </section>
  );
}

/** Fetched when the evidence is looked at; a blind case has none. */
export function Precedents({ found, question }: Props) {
  const { t } = useTranslation("judge");
  const { data: rows } = useQuery(precedentsOf(found.assignment));
  if (!rows || rows.length === 0) return null;
  return (
    <section>
      <Title order={2}>{t("precedents.title")}</Title>
      <ul className={classes.plain}>
        {rows.map((one) => (
          <li key={`${one.item}${one.at}`} className={classes.side}>
            <Text size="sm">{one.excerpt || one.item}</Text>
            <Answer question={question} value={one.value} item={{ project: found.project, body: one.body }} />
            <q className={classes.comment}>{one.rationale}</q>
            <Text size="xs" c="dimmed">
              {[
                ...one.clauses.map((clause) => `§${clause}`),
                t("precedents.alike", { share: percent(one.likeness) }),
                one.words
                  .filter((word) => word.length > 3)
                  .slice(0, 4)
                  .join(", "),
                ago(one.at),
              ]
                .filter(Boolean)
                .join(" · ")}
            </Text>
          </li>
        ))}
      </ul>
    </section>
  );
}
