// "Why this label?": what was said and done, in order, and how far each moved the belief.

import { Anchor, Badge, Button, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { type CSSProperties, Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ItemView } from "@/annotate/item/item";
import { api, ask, Problem } from "@/api/client";
import { projects } from "@/api/queries";
import { says } from "@/findings/says";
import { Wording } from "@/problems/wording";
import { count, day, moment, money, percent, time } from "@/shared/format";
import { Empty, Failed, Loading } from "@/shared/states";
import { guidelineAt, type Item, itemOf, storyOf } from "../reads";
import { shown } from "./items";
import classes from "./story.module.css";

interface Chapter {
  at: string;
  what: string;
  text: string;
  who?: string;
  before?: number;
  after?: number;
  detail?: Detail;
}

interface Detail {
  value?: unknown;
  confidence?: number;
  rule?: string | null;
  clauses?: string[];
  rationale?: string;
  error?: string | null;
  role?: string;
  kind?: string;
  seconds?: number | null;
  comment?: string | null;
  revised?: boolean;
  in_force?: boolean;
  judgements?: number;
  cost?: string;
  agrees?: boolean;
  versions?: { guideline?: number | null; schema?: number | null; policy?: number | null };
  urgency?: { risk: number; ambiguity: number; value: number };
  probability?: number | null;
  message?: string;
  evidence?: unknown;
  reason?: string | null;
}

interface Told {
  step: string;
  state: "waiting" | "open" | "contested" | "decided" | "retired";
  value: unknown;
  confidence: number | null;
  gold: boolean;
  chapters: Chapter[];
  ledger: { event: number; block: number | null; root: string | null } | null;
}

export function StoryPage() {
  const { t } = useTranslation("steer");
  const { project, item } = useParams({ from: "/inside/projects/$project/items/$item" });
  const { data: story, error, refetch } = useQuery(storyOf(project, item));
  const { data: row } = useQuery(itemOf(project, item));
  if (error instanceof Problem && error.status === 409)
    return (
      <Empty whole title={t("story.blind")}>
        {error.message}
      </Empty>
    );
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!story) return <Loading />;
  const tasks = story.tasks as unknown as Told[];
  return (
    <div className={classes.page}>
      <div className={classes.item}>
        <Anchor component={Link} to="/projects/$project/items" params={{ project } as never} size="sm">
          {t("story.back")}
        </Anchor>
        <Title order={1}>{story.item}</Title>
        <div className={classes.shown}>
          <ItemView item={{ project, body: story.body, media: row?.media, language: language(row) }} />
        </div>
        {story.shared_with && <Text size="sm">{t("story.shared", { item: story.shared_with })}</Text>}
        <Text size="xs" c="dimmed">
          {t("story.imported", { when: moment(String((story as { imported_at?: string }).imported_at)) })}
        </Text>
      </div>
      <div>
        {tasks.map((task) => (
          <TaskStory key={task.step} task={task} project={project} />
        ))}
      </div>
    </div>
  );
}

function language(item: Item | null | undefined): string | null {
  return (item?.attributes as { language?: string } | undefined)?.language ?? null;
}

function TaskStory({ task, project }: { task: Told; project: string }) {
  const { t } = useTranslation("steer");
  const answers = task.chapters.filter((one) => one.what === "answer");
  const same = answers.filter((one) => JSON.stringify(one.detail?.value) === JSON.stringify(task.value));
  const begin = answers.find((one) => one.before !== undefined)?.before;
  const version = task.chapters.findLast((one) => one.detail?.versions?.guideline)?.detail?.versions
    ?.guideline;
  return (
    <section className={classes.task} aria-labelledby={`step-${task.step}`}>
      <Title order={2} id={`step-${task.step}`}>
        {task.step}: {task.value === null ? t(`state.${task.state}`) : shown(task.value)}
      </Title>
      {task.confidence !== null && (
        <Text>
          {t("story.sure", {
            share: percent(task.confidence, 1),
            same: count(same.length),
            count: answers.length,
          })}
          {task.gold && ` · ${t("story.gold")}`}
        </Text>
      )}
      <ol className={classes.line}>
        {begin !== undefined && (
          <li className={classes.chapter}>
            <span className={classes.when} />
            <strong>{t("story.prior")}</strong>
            <Move before={null} after={begin} first />
          </li>
        )}
        {task.chapters.map((chapter, at) => (
          <ChapterRow
            key={`${chapter.at}${chapter.text}`}
            chapter={chapter}
            sameDay={day(task.chapters[at - 1]?.at ?? "1970-01-01") === day(chapter.at)}
            project={project}
            version={version ?? null}
            answers={task.chapters.slice(0, at).filter((one) => one.what === "answer").length}
          />
        ))}
      </ol>
      {task.chapters.length === 0 && (
        <Text c="dimmed">{t(task.state === "retired" ? "story.notAsked" : "story.nothing")}</Text>
      )}
      {task.ledger && <Verify project={project} ledger={task.ledger} />}
    </section>
  );
}

interface Row {
  chapter: Chapter;
  /** As the chapter before: then the time of day is enough. */
  sameDay: boolean;
  project: string;
  version: number | null;
  /** How many answers there were before. */
  answers: number;
}

/** A rule without the place in the policy where it stands. */
function ruleOf(rule: string): string {
  return rule.replace(/^[\w.]+(\[\d+\]: \w+)?: /, "");
}

/** What a chapter tells besides its value and who said it. */
function Words({ chapter, currency, answers }: { chapter: Chapter; currency: string; answers: number }) {
  const { t, i18n } = useTranslation("steer");
  const { t: f } = useTranslation("findings");
  const { what, detail = {} } = chapter;
  const rule = detail.rule && (
    <>
      {" "}
      {t("story.rule")} <code>{ruleOf(detail.rule)}</code>
    </>
  );
  if (what === "answer")
    return (
      <>
        {[
          detail.seconds != null && t("story.seconds", { seconds: count(detail.seconds, 1) }),
          detail.revised && t("story.revised"),
        ]
          .filter(Boolean)
          .join(" · ")}{" "}
        {detail.comment && <q>{detail.comment}</q>}
      </>
    );
  if (what === "decision")
    return (
      <>
        {[
          t(`by.${detail.kind}`, { defaultValue: detail.kind }),
          t("story.after", { count: detail.judgements ?? 0 }),
          money(detail.cost ?? 0, currency),
          !detail.in_force && t("story.superseded"),
        ]
          .filter(Boolean)
          .join(" · ")}
        .{rule}
      </>
    );
  if (what === "case") return <CaseWords detail={detail} answers={answers} rule={rule} />;
  if (what === "adjudication")
    return (
      <>
        <q>{detail.rationale}</q> {detail.error && t("story.error", { error: detail.error })}
      </>
    );
  if (what === "audit") return t(detail.agrees ? "story.auditRight" : "story.auditWrong");
  if (what === "finding")
    return says(detail.kind ?? "", detail.message ?? "", detail.evidence, f, i18n.language);
  if (what === "skip") return detail.reason;
  return chapter.text;
}

/** Why experts were asked: the reason, what was known by then, and how urgent it was. */
function CaseWords({ detail, answers, rule }: { detail: Detail; answers: number; rule: ReactNode }) {
  const { t } = useTranslation("steer");
  const { kind, urgency, probability } = detail;
  const why = t(`case.${kind}`, { defaultValue: kind });
  if (probability != null) return `${why}: ${t("story.drawn", { share: percent(probability, 1) })}.`;
  const { risk, ambiguity, value } = urgency ?? { risk: 0, ambiguity: 0, value: 0 };
  const write = (number: number) => count(number, 2);
  return (
    <>
      {why}: {t("story.in", { count: answers })}.{rule}
      <br />
      {t("story.urgency", {
        urgency: write(risk * ambiguity * value),
        risk: write(risk),
        ambiguity: write(ambiguity),
        value: write(value),
      })}
    </>
  );
}

function ChapterRow({ chapter, sameDay, project, version, answers }: Row) {
  const { t } = useTranslation("steer");
  const currency = useQuery(projects).data?.find((one) => one.name === project)?.currency ?? "USD";
  const { before, after, detail } = chapter;
  return (
    <li className={classes.chapter} data-what={chapter.what}>
      <span className={classes.when}>
        <time dateTime={chapter.at} title={moment(chapter.at)}>
          {sameDay ? time(chapter.at) : `${day(chapter.at)}, ${time(chapter.at)}`}
        </time>
      </span>
      <div className={classes.told}>
        <span>
          <strong>{t(`chapter.${chapter.what}`, chapter.what)}</strong>
          {detail?.value !== undefined && (
            <Badge variant="default" radius="sm" ml={8}>
              {shown(detail.value)}
            </Badge>
          )}
          {chapter.who && <span className={classes.who}> {who(chapter, t)}</span>}
        </span>
        <span className={classes.words}>
          <Words chapter={chapter} currency={currency} answers={answers} />
        </span>
        {detail?.clauses?.map((clause) => (
          <Clause key={clause} project={project} clause={clause} version={version} />
        ))}
      </div>
      {after !== undefined && <Move before={before ?? null} after={after} />}
    </li>
  );
}

/** A pseudonym, and what they are where that is not plain. */
function who({ who, detail }: Chapter, t: TFunction<"steer">): string {
  const name = who?.replace(/ \(\w+\)$/, "") ?? "";
  return detail?.role === "model" || detail?.role === "expert"
    ? `${name} · ${t(`story.role.${detail.role}`)}`
    : name;
}

/** The bar of a probability, with where it was before. */
function Move({ before, after, first }: { before: number | null; after: number; first?: boolean }) {
  const { t } = useTranslation("steer");
  const words =
    first || before === null
      ? t(first ? "story.begins" : "story.stands", { after: percent(after, 1) })
      : t("story.moved", { before: percent(before, 1), after: percent(after, 1) });
  const up = before !== null && after >= before;
  return (
    <span className={classes.move}>
      <span className={classes.track} aria-hidden>
        <span className={classes.now} style={{ "--share": after } as CSSProperties} />
        {before !== null && <span className={classes.was} style={{ "--share": before } as CSSProperties} />}
      </span>
      <span className={classes.numbers}>
        {before !== null && (up ? "▲ " : "▼ ")}
        {words}
      </span>
    </span>
  );
}

function Clause({ project, clause, version }: { project: string; clause: string; version: number | null }) {
  const { t } = useTranslation("steer");
  const { data } = useQuery(guidelineAt(project, version));
  const found = data?.guideline?.clauses.find((one) => one.id === clause.replace("§", ""));
  if (!found) return <Text size="sm">§{clause}</Text>;
  return (
    <figure className={classes.clause}>
      <blockquote>{found.text.replace(/^[-*#\s]+|\*\*/g, "")}</blockquote>
      <figcaption>{t("story.asRead", { clause, version: data?.guideline?.version })}</figcaption>
    </figure>
  );
}

function Verify({ project, ledger }: { project: string; ledger: NonNullable<Told["ledger"]> }) {
  const { t } = useTranslation("steer");
  const check = useMutation({
    mutationFn: () =>
      ask(api.POST("/api/v1/projects/{project}/ledger/verify", { params: { path: { project } } })),
  });
  return (
    <div className={classes.verify}>
      <Text size="sm">
        {ledger.block === null
          ? t("story.unsealed", { event: count(ledger.event) })
          : t("story.sealed", { event: count(ledger.event), block: count(ledger.block) })}
        {ledger.root && (
          <Fragment>
            {" "}
            <code className={classes.root}>{ledger.root}</code>
          </Fragment>
        )}
      </Text>
      <Button variant="default" size="xs" onClick={() => check.mutate()} loading={check.isPending}>
        {t("story.verify")}
      </Button>
      <Text size="sm" role="status">
        {check.error?.message}
        {check.data &&
          (check.data.ok ? (
            t("story.verified", { events: count(check.data.events), blocks: count(check.data.blocks) })
          ) : (
            <>
              {t("story.fault")} <Wording said={check.data.said} english={check.data.fault ?? ""} />
            </>
          ))}
      </Text>
    </div>
  );
}
