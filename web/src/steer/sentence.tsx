// The first thing that a manager wants to know, written by the numbers; each opens what it is made of.
import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { count, day, money, percent } from "@/shared/format";
import type { Home, Of } from "./reads";

const PLACES = {
  items: "/projects/$project/items",
  annotators: "/projects/$project/annotators",
  cases: "/judge",
  members: "/projects/$project/access",
  specs: "/projects/$project/specs",
  exports: "/projects/$project/exports",
  events: "/projects/$project/log",
  alerts: "/projects/$project/alerts",
} as const;

/** A link to the list that a number is made of. */
export function Made({ project, of, children }: { project: string; of: Of; children: ReactNode }) {
  const search = of.list === "cases" ? { project } : of.where;
  return (
    <Anchor
      inherit
      underline="hover"
      component={Link}
      to={PLACES[of.list]}
      params={{ project } as never}
      search={search as never}
    >
      {children}
    </Anchor>
  );
}

export function Sentence({ project, home }: { project: string; home: Home }) {
  const { t } = useTranslation("steer");
  const { decided, right, spent, done } = home;
  const parts: [Of, string][] = [
    [decided.of, t("sentence.decided", { value: count(decided.value), total: count(decided.total) })],
  ];
  if (right)
    parts.push([
      right.of,
      t(`sentence.right.${right.by}`, {
        value: percent(right.value, 1),
        low: percent(right.low, 1),
        high: percent(right.high, 1),
        labels: count(right.labels),
      }),
    ]);
  const paid = money(spent.value, spent.currency);
  parts.push([
    spent.of,
    spent.total === null
      ? t("sentence.spent", { value: paid })
      : t("sentence.spentOf", { value: paid, total: money(spent.total, spent.currency) }),
  ]);
  if (decided.total > 0 && decided.value >= decided.total) parts.push([decided.of, t("sentence.finished")]);
  else if (done?.value) {
    const range = done.low && done.high ? { low: day(done.low), high: day(done.high) } : null;
    const sure = range && range.low !== range.high;
    parts.push([
      done.of,
      t(sure ? "sentence.doneRange" : "sentence.done", { value: day(done.value), ...range }),
    ]);
  }
  return (
    <>
      {parts.map(([of, words], position) => (
        <Fragment key={words}>
          {position > 0 && " · "}
          <Made project={project} of={of}>
            {words}
          </Made>
        </Fragment>
      ))}
    </>
  );
}
