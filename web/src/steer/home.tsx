// A project at a glance: one sentence, what needs a person, and the plots behind it.
import { Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { me } from "@/api/queries";
import { named } from "@/findings/says";
import { count, day, moment, money, percent } from "@/shared/format";
import { Empty, Failed, Loading } from "@/shared/states";
import { certified } from "./certificate";
import { DutyLine } from "./people/duty";
import { Plot } from "./plots/plot";
import { type Home, homeOf, type SeriesOf } from "./reads";
import { Made, Sentence } from "./sentence";
import classes from "./steer.module.css";

type T = TFunction<"steer">;
const FIRST: readonly SeriesOf[] = ["progress", "cost", "expert_time", "agreement"];
const MORE: readonly SeriesOf[] = ["queue_age", "gold_accuracy", "judgements", "confusion"];

/** What is needed, in the reader's language. */
function wanted(
  { kind, numbers }: Home["needs"][number],
  home: Home,
  t: T,
  f: TFunction<"findings">,
): string {
  const of = numbers as {
    count?: number;
    hours?: number;
    share?: number;
    amount?: string;
    kind?: string;
    names?: string;
    ends?: string;
  };
  if (kind === "certificate") return certified(home.certificate, t);
  if (kind === "budget")
    return t("need.budget.text", {
      share: percent(of.share ?? 0),
      amount: money(of.amount ?? 0, home.spent.currency),
    });
  if (kind === "late") return late(numbers as unknown as Late, t);
  const said = {
    count: of.count ?? 0,
    shown: count(of.count ?? 0),
    hours: count(of.hours ?? 0),
    kind: of.kind && named(of.kind, f),
    names: of.names,
    day: of.ends && day(of.ends),
    amount: of.amount && money(of.amount, home.spent.currency),
  };
  if (kind === "starving") return t(`need.starving.${numbers.never ? "never" : "lately"}`, said);
  return t(`need.${kind}.text`, said);
}

interface Late {
  done: string | null;
  least: string | null;
  due: string;
  taken: ("reallocate" | "raise" | "open" | "call")[];
}

/** When it will be done, when it is due, and what is done about it. */
function late({ done, least, due, taken }: Late, t: T): string {
  const how = done ? "done" : least ? "least" : "never";
  const when = t(`need.late.${how}`, { done: day(done ?? least ?? due), due: day(due) });
  const each = [...new Set(taken)].map((one) => t(`need.late.do.${one}`)).join(", ");
  return each ? `${when} ${t("need.late.taken", { taken: each })}` : when;
}

export function ProjectHome() {
  const { t } = useTranslation("steer");
  const { t: f } = useTranslation("findings");
  const { project } = useParams({ from: "/inside/projects/$project" });
  const { data: home, error, refetch } = useQuery(homeOf(project));
  const judges = useQuery(me).data?.roles[project]?.includes("expert");
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!home) return <Loading />;
  if (home.decided.total === 0)
    return (
      <Empty whole title={t("home.empty")}>
        {t("home.emptyText")}
      </Empty>
    );
  return (
    <div className={classes.page}>
      {home.objective && <Text c="dimmed">{home.objective}</Text>}
      <h1 className={classes.sentence}>
        <Sentence project={project} home={home} />
      </h1>
      <div>
        <DutyLine project={project} />
        {home.ahead.taken.map((one) => (
          <Text key={`${one.measure} ${one.step}`}>
            {t("home.taken", {
              step: one.step,
              what: t(`need.late.do.${one.do}`),
              measure: one.measure,
              since: moment(one.since),
            })}
          </Text>
        ))}
      </div>
      <section aria-labelledby="needs">
        <Title order={2} id="needs" mb="xs">
          {t("home.needs")}
        </Title>
        {home.needs.length === 0 && <Text c="dimmed">{t("home.nothing")}</Text>}
        <ul className={classes.needs}>
          {home.needs.slice(0, 5).map((need, at) => (
            <li key={need.text} className={classes.need}>
              <span>
                <strong>{t(`need.${need.kind}.title`)}</strong> {wanted(need, home, t, f)}
              </span>
              <Made project={project} of={need.of} button={at === 0 ? "filled" : "default"}>
                {t(need.of.list === "cases" && !judges ? "need.see" : `need.${need.kind}.go`)}
              </Made>
            </li>
          ))}
        </ul>
      </section>
      <div className={classes.plots}>
        {FIRST.map((of) => (
          <Plot key={of} project={project} of={of} />
        ))}
      </div>
      <details className={classes.more}>
        <summary>{t("home.more")}</summary>
        <div className={classes.plots}>
          {MORE.map((of) => (
            <Plot key={of} project={project} of={of} />
          ))}
        </div>
      </details>
    </div>
  );
}
