// What the project is watched for: the rules and how each stands, what happened, and whom it is told.

import { Badge, Button, Code, Text, Title } from "@mantine/core";
import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { me } from "@/api/queries";
import { Wording } from "@/problems/wording";
import { count, moment } from "@/shared/format";
import { Failed, Loading } from "@/shared/states";
import steer from "../steer.module.css";
import classes from "./alerts.module.css";
import { Channels } from "./channels";

type Rule = Shapes["AlertRule"];
type Standing = Shapes["AlertStanding"];

const alertsOf = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "alerts"],
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/alerts", { params: { path: { project } } })),
    refetchInterval: 15_000,
  });

const historyOf = (project: string) =>
  infiniteQueryOptions({
    queryKey: ["project", project, "alerts", "history"],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam: before }) =>
      ask(
        api.GET("/api/v1/projects/{project}/alerts/events", {
          params: { path: { project }, query: { before, limit: 20 } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export function Alerts() {
  const { t } = useTranslation("steer");
  const { project } = useParams({ from: "/inside/projects/$project" });
  const { data, error, refetch } = useQuery(alertsOf(project));
  const { data: self } = useQuery(me);
  const manages = Boolean(self?.admin || self?.roles[project]?.includes("manager"));
  return (
    <div className={steer.page}>
      <div>
        <Title order={1}>{t("tabs.alerts")}</Title>
        <Text c="dimmed">{t("alerts.says")}</Text>
      </div>
      {error ? (
        <Failed error={error} again={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : (
        <>
          <Rules project={project} rules={data.rules} />
          <History project={project} />
          <Channels project={project} manages={manages} channels={data.channels} messages={data.messages} />
        </>
      )}
    </div>
  );
}

function Rules({ project, rules }: { project: string; rules: Rule[] }) {
  const { t } = useTranslation("steer");
  const policy = (
    <Button
      variant="default"
      component={Link}
      to="/projects/$project/specs/$kind/$name"
      params={{ project, kind: "policy", name: "policy" } as never}
    >
      {t("alerts.write")}
    </Button>
  );
  return (
    <section aria-labelledby="rules">
      <div className={classes.head}>
        <Title order={2} id="rules">
          {t("alerts.rules")}
        </Title>
        {policy}
      </div>
      {rules.length === 0 && <Text c="dimmed">{t("alerts.none")}</Text>}
      <ul className={classes.list}>
        {rules.map((rule) => (
          <li key={rule.name} className={classes.rule}>
            <RuleShown rule={rule} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const URGENT = ["firing", "pending"];

/** A rule in words, then what fires or is about to; what is calm is only counted. */
function RuleShown({ rule }: { rule: Rule }) {
  const { t } = useTranslation("steer");
  const urgent = rule.alerts.filter((one) => URGENT.includes(one.state));
  const quiet = rule.alerts.length - urgent.length;
  const faults = new Map(rule.alerts.flatMap((one) => (one.fault ? [[one.fault, one.said]] : [])));
  return (
    <>
      <Title order={3} size="h5">
        {rule.name}
      </Title>
      <div className={classes.words}>
        <Code>{rule.when}</Code>{" "}
        <span className={steer.quiet}>
          {[
            t("alerts.over", { span: rule.over }),
            rule.for !== "0s" && t("alerts.for", { span: rule.for }),
            rule.by.length > 0 &&
              t("alerts.by", { by: rule.by.map((one) => t(`alerts.each.${one}`)).join(", ") }),
            t(`alerts.severity.${rule.severity}`),
            rule.to.length > 0 ? t("alerts.to", { to: rule.to.join(", ") }) : t("alerts.toNobody"),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </div>
      {rule.say && <Text>{rule.say}</Text>}
      {rule.unreached.length > 0 && (
        <Text c="var(--danger)">{t("alerts.unreached", { names: rule.unreached.join(", ") })}</Text>
      )}
      {[...faults].map(([fault, said]) => (
        <Text key={fault} c="var(--danger)">
          <Wording said={said} english={fault} />
        </Text>
      ))}
      <ul className={classes.standing}>
        {urgent.map((one) => (
          <li key={one.subject}>
            <State state={one.state} /> {one.subject} <Facts facts={one.facts} />{" "}
            <span className={steer.quiet}>{t("alerts.since", { when: moment(one.since) })}</span>
          </li>
        ))}
        {urgent.length === 0 && <li className={steer.quiet}>{t("alerts.calm", { count: quiet })}</li>}
      </ul>
    </>
  );
}

function State({ state }: { state: Standing["state"] | "fired" | "calmed" }) {
  const { t } = useTranslation("steer");
  const hot = state === "firing" || state === "fired";
  return (
    <Badge variant={hot ? "filled" : "default"} color={hot ? "red.9" : undefined}>
      {t(`alerts.state.${state}`)}
    </Badge>
  );
}

function Facts({ facts }: { facts: Record<string, number | string> }) {
  const told = Object.entries(facts).map(([name, value]) => `${name} = ${count(Number(value), 3)}`);
  return <span>{told.join(", ")}</span>;
}

function History({ project }: { project: string }) {
  const { t } = useTranslation("steer");
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(historyOf(project));
  const rows = data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <section aria-labelledby="happened">
      <Title order={2} id="happened" mb="xs">
        {t("alerts.history")}
      </Title>
      {error ? (
        <Failed error={error} again={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Text c="dimmed">{t("alerts.nothing")}</Text>
      ) : (
        <ol className={classes.list}>
          {rows.map((one) => (
            <li key={one.seq} className={classes.event}>
              <time className={steer.quiet} dateTime={one.at}>
                {moment(one.at)}
              </time>
              <State state={one.state} />
              <span>
                {[one.rule, one.subject].filter(Boolean).join(" · ")} <Facts facts={one.facts} />
              </span>
            </li>
          ))}
        </ol>
      )}
      {hasNextPage && (
        <Button variant="default" mt="sm" onClick={() => void fetchNextPage()}>
          {t("log.older")}
        </Button>
      )}
    </section>
  );
}
