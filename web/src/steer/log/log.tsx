// Who did what, when; and for each event the way from its hash to the root of the block that seals it.

import { Anchor, Button, Code, Select, Text, Title } from "@mantine/core";
import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { Wording } from "@/problems/wording";
import { count, moment } from "@/shared/format";
import { Empty, Failed, Loading } from "@/shared/states";
import steer from "../steer.module.css";
import classes from "./log.module.css";
import { VERBS } from "./verbs";

type Event = Shapes["Event"];
interface Filter {
  verb?: string;
  object?: string;
}

const eventsOf = (project: string, filter: Filter) =>
  infiniteQueryOptions({
    queryKey: ["project", project, "events", filter],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam: before }) =>
      ask(
        api.GET("/api/v1/projects/{project}/events", {
          params: { path: { project }, query: { ...filter, before, limit: 100 } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export function Log() {
  const { t } = useTranslation("steer");
  const { project } = useParams({ from: "/inside/projects/$project" });
  const { verb, object } = useSearch({ from: "/inside/projects/$project/log" });
  const navigate = useNavigate({ from: "/projects/$project/log" });
  const events = useInfiniteQuery(eventsOf(project, { verb, object }));
  const { error, data, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = events;
  const rows = data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <div className={steer.page}>
      <div>
        <Title order={1}>{t("tabs.log")}</Title>
        <Text c="dimmed">{t("log.says")}</Text>
      </div>
      <div className={classes.head}>
        <div className={classes.filters}>
          <Select
            label={t("log.verb")}
            placeholder={t("log.all")}
            clearable
            searchable
            value={verb ?? null}
            onChange={(chosen) => void navigate({ search: { verb: chosen ?? undefined, object } })}
            data={VERBS.map((value) => ({ value, label: t(`verb.${value}`) }))}
          />
          {object && (
            <Button variant="default" onClick={() => void navigate({ search: { verb } })}>
              {t("log.notOne")}
            </Button>
          )}
        </div>
        <Verify project={project} />
      </div>
      {error ? (
        <Failed error={error} again={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : rows.length === 0 && !hasNextPage ? (
        <Empty title={t("log.none")}>{t("log.noneText")}</Empty>
      ) : (
        <>
          <ol className={classes.list}>
            {rows.map((event) => (
              <Row key={event.seq} project={project} event={event} />
            ))}
          </ol>
          {hasNextPage && (
            <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {t("log.older")}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

function Row({ project, event }: { project: string; event: Event }) {
  const { t } = useTranslation("steer");
  const [open, setOpen] = useState(false);
  const id = useId();
  const sealed = event.block === null ? t("log.open") : t("log.block", { number: event.block });
  return (
    <li className={classes.event}>
      <div className={classes.row}>
        <time className={classes.quiet} dateTime={event.at}>
          {moment(event.at)}
        </time>
        <span className={classes.what}>
          {t(`verb.${event.verb}`, { defaultValue: event.verb })} <About project={project} event={event} />
        </span>
        <span className={classes.quiet}>{event.who ?? t("log.system")}</span>
        <span className={classes.sealed}>
          <Button
            size="compact-sm"
            variant="subtle"
            aria-expanded={open}
            aria-controls={id}
            aria-label={`${sealed}: ${t("log.place", { seq: event.seq })}`}
            onClick={() => setOpen(!open)}
          >
            {sealed}
          </Button>
        </span>
      </div>
      <div id={id}>{open && <Place project={project} event={event} />}</div>
    </li>
  );
}

/** What an event is about, as a link to it where it has a page; and what was told with it in words. */
function About({ project, event }: { project: string; event: Event }) {
  const { t } = useTranslation("steer");
  const { about } = event;
  const told = (event.detail ?? {}) as Record<string, unknown>;
  const words = [
    about?.kind === "annotator" && about.name,
    about?.kind === "invite" && about.name && t(`role.${about.name}`),
    typeof told.role === "string" && about?.kind !== "invite" && t(`role.${told.role}`),
    ...[told.reason, told.text].map((one) => typeof one === "string" && one),
  ].filter(Boolean);
  return (
    <>
      {about?.kind === "item" && about.name ? (
        <Anchor
          inherit
          underline="always"
          component={Link}
          to="/projects/$project/items/$item"
          params={{ project, item: about.name } as never}
        >
          {about.name}
        </Anchor>
      ) : (
        about && !["annotator", "invite"].includes(about.kind) && <b>{about.name}</b>
      )}{" "}
      <span className={classes.quiet}>{[about?.step, ...words].filter(Boolean).join(" · ")}</span>
    </>
  );
}

function Place({ project, event }: { project: string; event: Event }) {
  const { t } = useTranslation("steer");
  const { data, error } = useQuery({
    queryKey: ["project", project, "place", event.seq],
    queryFn: () =>
      ask(
        api.GET("/api/v1/projects/{project}/events/{seq}", { params: { path: { project, seq: event.seq } } }),
      ),
  });
  if (error) return <Failed error={error} />;
  if (!data) return <Loading />;
  const { block, path, leaf } = data;
  return (
    <dl className={classes.proof}>
      <dt>{t("log.event")}</dt>
      <dd>
        {count(event.seq)} · <Code>{event.verb}</Code> ·{" "}
        <Anchor
          inherit
          underline="always"
          component={Link}
          to="/projects/$project/log"
          params={{ project } as never}
          search={{ object: event.object } as never}
        >
          {t("log.same")}
        </Anchor>
      </dd>
      {event.detail !== null && (
        <>
          <dt>{t("log.told")}</dt>
          <dd>
            <Code>{JSON.stringify(event.detail)}</Code>
          </dd>
        </>
      )}
      <dt>{t("log.leaf")}</dt>
      <dd>
        <Code>{leaf}</Code>
      </dd>
      {block ? (
        <>
          {path.length > 0 && (
            <>
              <dt>{t("log.path")}</dt>
              <dd>
                {path.map(({ side, hash }) => (
                  <div key={hash}>
                    {t(`log.${side}`)} <Code>{hash}</Code>
                  </div>
                ))}
              </dd>
            </>
          )}
          <dt>{t("log.root", { number: block.number })}</dt>
          <dd>
            <Code>{block.root}</Code> {t("log.sealedAt", { when: moment(block.sealed_at) })}
          </dd>
        </>
      ) : (
        <>
          <dt>{t("log.root", { number: "–" })}</dt>
          <dd>{t("log.unsealed")}</dd>
        </>
      )}
    </dl>
  );
}

function Verify({ project }: { project: string }) {
  const { t } = useTranslation("steer");
  const verify = useMutation({
    mutationFn: () =>
      ask(api.POST("/api/v1/projects/{project}/ledger/verify", { params: { path: { project } } })),
  });
  const found = verify.data;
  return (
    <div>
      <Button variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>
        {t("log.verify")}
      </Button>
      <div aria-live="polite">
        {verify.error && <Text c="var(--danger)">{verify.error.message}</Text>}
        {found && (
          <Text size="sm" c={found.ok ? undefined : "var(--danger)"}>
            {found.ok ? (
              t("log.fits", { events: count(found.events), blocks: count(found.blocks) })
            ) : (
              <>
                {t("log.fault")} <Wording said={found.said} english={found.fault ?? ""} />
              </>
            )}
          </Text>
        )}
      </div>
    </div>
  );
}
