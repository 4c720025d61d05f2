// Who works when, who is on duty now, and whose turn how many cases are.
import { Anchor, Text, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { clock, count, day } from "@/shared/format";
import { Empty, Failed, Loading } from "@/shared/states";
import { Bar, DAYS, dayName } from "@/shared/week";
import classes from "../steer.module.css";

type OnDuty = Shapes["OnDuty"];

export const dutyOf = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "duty"],
    refetchInterval: 60_000,
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/duty", { params: { path: { project } } })),
  });

/** Who is on duty, in a sentence. */
export function onDuty(data: Shapes["Duty"], t: TFunction<"steer">): string {
  return t("duty.now", {
    experts: t("duty.experts", { count: data.on_duty.expert ?? 0 }),
    annotators: t("duty.annotators", { count: data.on_duty.annotator ?? 0 }),
  });
}

export function DutyLine({ project }: { project: string }) {
  const { t } = useTranslation("steer");
  const { data } = useQuery(dutyOf(project));
  if (!data) return null;
  return (
    <Text>
      {onDuty(data, t)}{" "}
      <Anchor underline="always" component={Link} to="/projects/$project/duty" params={{ project } as never}>
        {t("duty.title")}
      </Anchor>
    </Text>
  );
}

export function Duty() {
  const { t, i18n } = useTranslation("steer");
  const { project } = useParams({ from: "/inside/projects/$project" });
  const { data, error, refetch } = useQuery(dutyOf(project));
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.people.length === 0)
    return (
      <Empty whole title={t("people.none")}>
        {t("people.noneText")}
      </Empty>
    );
  return (
    <div className={classes.page}>
      <div>
        <Title order={1}>{t("duty.title")}</Title>
        <Text>{onDuty(data, t)}</Text>
        <Text c="dimmed">{t(data.assigning ? "duty.assigning" : "duty.pool")}</Text>
      </div>
      <section className={classes.scroll} tabIndex={0} aria-label={t("duty.title")}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t("duty.who")}</th>
              <th scope="col">{t("duty.state")}</th>
              <th scope="col">{t("duty.cases")}</th>
              {DAYS.map((one) => (
                <th key={one} scope="col">
                  {dayName(one, i18n.language, "short")}
                </th>
              ))}
              <th scope="col">{t("duty.away")}</th>
            </tr>
          </thead>
          <tbody>
            {data.people.map((one) => (
              <Row key={one.person} one={one} />
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Row({ one }: { one: OnDuty }) {
  const { t } = useTranslation("steer");
  const { hours } = one;
  return (
    <tr>
      <th scope="row">
        {one.person} {one.you && <span className={classes.quiet}>{t("duty.you")}</span>}
        <div className={classes.quiet}>{one.roles.map((role) => t(`role.${role}`)).join(", ")}</div>
      </th>
      <td>
        {state(one, t)}
        {hours && <div className={classes.quiet}>{hours.zone}</div>}
      </td>
      <td>
        {one.cases === 0 ? "—" : count(one.cases)}
        {one.overdue > 0 && (
          <div className={classes.verdict}>{t("duty.overdue", { count: one.overdue })}</div>
        )}
      </td>
      {hours ? (
        DAYS.map((name) => {
          const spans = hours.week[name] ?? [];
          return (
            <td key={name}>
              <Bar spans={spans} />
              {spans.map((span) => (
                <div key={span.from} className={classes.quiet}>
                  {span.from}–{span.to}
                </div>
              ))}
            </td>
          );
        })
      ) : (
        <td colSpan={7} className={classes.quiet}>
          {t("duty.unsaid")}
        </td>
      )}
      <td className={classes.wrapping}>
        {(hours?.away ?? [])
          .map((away) => (away.from === away.to ? day(away.from) : `${day(away.from)} – ${day(away.to)}`))
          .join(", ") || "—"}
      </td>
    </tr>
  );
}

/** At work until, always there, back then. */
function state(one: OnDuty, t: TFunction<"steer">): string {
  if (one.barred) return t(`status.${one.barred}`);
  if (one.working) return one.until ? t("duty.until", { when: clock(one.until) }) : t("duty.always");
  return one.next ? t("duty.back", { when: `${day(one.next)}, ${clock(one.next)}` }) : t("duty.gone");
}
