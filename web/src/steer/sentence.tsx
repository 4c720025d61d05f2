// The first thing that a manager wants to know, written by the numbers; each opens what it is made of.
import { Anchor, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { me } from "@/api/queries";
import { clock, count, day, money, percent } from "@/shared/format";
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
  duty: "/projects/$project/duty",
  findings: "/projects/$project/findings",
  clarifications: "/projects/$project/clarifications",
  pay: "/projects/$project/pay",
} as const;

interface Making {
  project: string;
  of: { list: Of["list"]; where: Record<string, string | number> };
  children: ReactNode;
  /** As a button: the next thing to do, or one of the others. */
  button?: "filled" | "default";
}

/** A link to the list that a number is made of. */
export function Made({ project, of, children, button }: Making) {
  const { data: self } = useQuery(me);
  // Who judges here goes to judge; who only oversees sees what waits.
  const judges = of.list === "cases" && self?.roles[project]?.includes("expert");
  // Who may not see the pay sees what the specs say of it.
  const paying = self?.admin || self?.roles[project]?.some((one) => one === "manager" || one === "auditor");
  const list = of.list === "cases" && !judges ? "items" : of.list === "pay" && !paying ? "specs" : of.list;
  const search = judges ? { project } : of.where;
  const way = { component: Link, to: PLACES[list], params: { project } as never, search: search as never };
  if (button)
    return (
      <Button {...way} variant={button} size="xs">
        {children}
      </Button>
    );
  return (
    <Anchor inherit underline="always" {...way}>
      {children}
    </Anchor>
  );
}

const SOON = 36 * 3_600_000;

/** A forecast in days, or in hours where it is near; its interval as far as that shows. */
function expected({ value, low, high }: NonNullable<Home["done"]>, t: TFunction<"steer">): string | null {
  if (!value) return null;
  const near = new Date(value).getTime() - Date.now() < SOON;
  const write = near ? clock : day;
  const range = low && high ? { low: write(low), high: write(high) } : null;
  const shown = { value: near ? `${day(value)}, ${clock(value)}` : day(value), ...range };
  return t(range && range.low !== range.high ? "sentence.doneRange" : "sentence.done", shown);
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
  else if (done) {
    const words = expected(done, t);
    if (words) parts.push([done.of, words]);
  }
  if (home.ahead.due && decided.value < decided.total)
    parts.push([{ list: "duty", where: {} }, t("sentence.due", { value: day(home.ahead.due) })]);
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
