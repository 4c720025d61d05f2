// Everyone who works here: how good, how fast, how much, at what cost.
import { Anchor, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type CSSProperties, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { projects } from "@/api/queries";
import { ago, count, day, money, percent } from "@/shared/format";
import { Empty, Failed, Loading } from "@/shared/states";
import classes from "../steer.module.css";
import { DutyLine } from "./duty";
import { Leads } from "./leads";
import { type Annotator, annotatorsOf } from "./reads";

const COLUMNS = [
  "who",
  "accuracy",
  "agreement",
  "pace",
  "answers",
  "qualification",
  "findings",
  "cost",
  "seen",
] as const;
type Column = (typeof COLUMNS)[number];

/** The step on which most was said stands for all. */
export function best(one: Annotator): Annotator["skills"][number] | undefined {
  return one.skills.filter((skill) => skill.accuracy !== null).sort((a, b) => b.answers - a.answers)[0];
}

const ORDER: Record<Column, (one: Annotator) => number | string> = {
  who: (one) => (one.name ?? one.annotator).toLowerCase(),
  accuracy: (one) => best(one)?.accuracy ?? 2,
  agreement: (one) => one.agreement?.value ?? 2,
  pace: (one) => one.seconds ?? 1e9,
  answers: (one) => -one.answers,
  qualification: (one) => one.qualification.filter((term) => term.state !== "met").length,
  findings: (one) => -one.findings,
  cost: (one) => -Number(one.cost),
  seen: (one) => (one.last_seen ? -new Date(one.last_seen).getTime() : 0),
};

export function Annotators() {
  const { t } = useTranslation("steer");
  const { project } = useParams({ from: "/inside/projects/$project" });
  const { data, error, refetch } = useQuery(annotatorsOf(project));
  const currency = useQuery(projects).data?.find((one) => one.name === project)?.currency ?? "USD";
  const [by, setBy] = useState<Column>("answers");
  const [typed, setTyped] = useState("");
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.length === 0)
    return (
      <Empty whole title={t("people.none")}>
        {t("people.noneText")}
      </Empty>
    );
  const wanted = typed.toLowerCase();
  const rows = data
    .filter((one) => `${one.name ?? ""} ${one.annotator}`.toLowerCase().includes(wanted))
    .sort((a, b) => (ORDER[by](a) < ORDER[by](b) ? -1 : 1));
  return (
    <div className={classes.page}>
      <Title order={1}>{t("tabs.annotators")}</Title>
      <DutyLine project={project} />
      <Leads project={project} />
      <TextInput
        type="search"
        aria-label={t("people.search")}
        placeholder={t("people.search")}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        className={classes.searchField}
      />
      <section className={classes.scroll} tabIndex={0} aria-label={t("tabs.annotators")}>
        <table className={classes.table}>
          <thead>
            <tr>
              {COLUMNS.map((name) => (
                <th key={name} scope="col" aria-sort={by === name ? "ascending" : undefined}>
                  <button type="button" className={classes.sort} onClick={() => setBy(name)}>
                    {t(`people.column.${name}`)} {by === name && "▾"}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <Row key={one.annotator} one={one} project={project} currency={currency} />
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Row({ one, project, currency }: { one: Annotator; project: string; currency: string }) {
  const { t } = useTranslation("steer");
  const skill = best(one);
  return (
    <tr>
      <th scope="row">
        <Anchor
          inherit
          component={Link}
          to="/projects/$project/annotators/$annotator"
          params={{ project, annotator: one.annotator } as never}
        >
          {one.name ?? one.annotator}
        </Anchor>
        <span className={classes.quiet}>
          {" "}
          {[
            one.kind === "machine" ? t("people.machine") : null,
            one.status !== "active" ? t(`status.${one.status}`) : null,
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </th>
      <td>
        {skill ? (
          <Interval value={skill.accuracy as number} low={skill.low ?? 0} high={skill.high ?? 1} />
        ) : (
          "—"
        )}
        {skill?.verdict && skill.verdict !== "good" && (
          <div className={classes.verdict}>{t(`verdict.${skill.verdict.split(" ")[0]}`, skill.verdict)}</div>
        )}
      </td>
      <td>
        {one.agreement ? (
          <Interval value={one.agreement.value} low={one.agreement.low} high={one.agreement.high} />
        ) : (
          "—"
        )}
      </td>
      <td>{one.seconds === null ? "—" : t("people.pace", { seconds: count(one.seconds, 1) })}</td>
      <td>
        <Answered project={project} by={one.annotator}>
          {count(one.answers)}
        </Answered>{" "}
        <span className={classes.quiet}>{percent(one.share)}</span>
      </td>
      <td>
        <Qualified terms={one.qualification} />
      </td>
      <td>{count(one.findings)}</td>
      <td>{money(one.cost, currency)}</td>
      <td>{one.last_seen ? ago(one.last_seen) : "—"}</td>
    </tr>
  );
}

/** What they have shown of what the policy asks for, in a word for each term. */
function Qualified({ terms }: { terms: Annotator["qualification"] }) {
  const { t } = useTranslation("steer");
  if (terms.length === 0) return "—";
  return terms.map((term) => (
    <div key={`${term.kind} ${term.name}`}>
      {term.name}:{" "}
      {term.state === "met" && term.until
        ? t("qualified.metUntil", { day: day(term.until) })
        : t(`qualified.${term.state}`)}
    </div>
  ));
}

/** A share with its 95 % interval, drawn and written. */
export function Interval({ value, low, high }: { value: number; low: number; high: number }) {
  const digits = value > 0.995 ? 1 : 0;
  const style = { "--low": low, "--high": high, "--value": value } as CSSProperties;
  return (
    <span className={classes.interval}>
      <span className={classes.spark} style={style} aria-hidden>
        <span className={classes.sparkRange} />
        <span className={classes.sparkValue} />
      </span>
      {percent(value, digits)}{" "}
      <span className={classes.quiet}>
        ({percent(low, digits)}–{percent(high, digits)})
      </span>
    </span>
  );
}

interface Items {
  project: string;
  /** A pseudonym. */
  by: string;
  where?: Record<string, string>;
  children: ReactNode;
}

/** A number that opens the items which somebody answered. */
export function Answered({ project, by, where, children }: Items) {
  return (
    <Anchor
      inherit
      underline="always"
      component={Link}
      to="/projects/$project/items"
      params={{ project } as never}
      search={{ annotator: by, ...where } as never}
    >
      {children}
    </Anchor>
  );
}
