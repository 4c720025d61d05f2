// What was noticed about the work: evidence in words, what followed, and a person's judgement.
import { Anchor, Button, Checkbox, Group, NativeSelect, Text, Textarea, Title } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { CSSProperties } from "react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { me, queries } from "@/api/queries";
import { type Compared, compared, KINDS, named, says } from "@/findings/says";
import { ago, count, money, percent } from "@/shared/format";
import { Empty, Failed, Loading } from "@/shared/states";
import steer from "../steer.module.css";
import classes from "./findings.module.css";
import { type Consequence, type Finding, findingsOf, type Of, type State, type Wanted } from "./reads";

const STATES: readonly State[] = ["unjudged", "open", "answered", "upheld", "dismissed"];
const FOLLOW: readonly Consequence[] = ["paused", "pay_held", "asked_again"];

export function Findings() {
  const { t } = useTranslation("steer");
  const { project } = useParams({ from: "/inside/projects/$project" });
  const { of = "work", state, kind } = useSearch({ from: "/inside/projects/$project/findings" });
  const go = useNavigate();
  const { t: f } = useTranslation("findings");
  const filter = (change: Omit<Wanted, "of"> & { of?: Of | "all" }) =>
    void go({
      to: "/projects/$project/findings",
      params: { project },
      search: { of, state, kind, ...change } as never,
    });
  return (
    <div className={steer.page}>
      <div>
        <Title order={1}>{t("tabs.findings")}</Title>
        <Text c="dimmed">{t("finding.about")}</Text>
      </div>
      <div className={classes.filters}>
        <NativeSelect
          label={t("finding.of.label")}
          value={of}
          onChange={(event) => filter({ of: event.currentTarget.value as Of | "all" })}
          data={(["work", "answers", "all"] as const).map((value) => ({
            value,
            label: t(`finding.of.${value}`),
          }))}
        />
        <NativeSelect
          label={t("finding.state.label")}
          value={state ?? ""}
          onChange={(event) => filter({ state: (event.currentTarget.value || undefined) as State })}
          data={[
            { value: "", label: t("finding.state.all") },
            ...STATES.map((one) => ({ value: one, label: t(`finding.state.${one}`) })),
          ]}
        />
        <NativeSelect
          label={t("finding.what.label")}
          value={kind ?? ""}
          onChange={(event) => filter({ kind: event.currentTarget.value || undefined })}
          data={[
            { value: "", label: t("finding.what.all") },
            ...[...new Set([...KINDS, ...(kind ? [kind] : [])])].map((one) => ({
              value: one,
              label: named(one, f),
            })),
          ]}
        />
      </div>
      <FindingList project={project} wanted={{ of: of === "all" ? undefined : of, state, kind }} />
    </div>
  );
}

/** The newest findings, of everybody or of one. */
export function FindingList({ project, wanted }: { project: string; wanted: Wanted }) {
  const { t } = useTranslation("steer");
  const found = useInfiniteQuery(findingsOf(project, wanted));
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = found;
  const { data: self } = useQuery(me);
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  const rows = data.pages.flat();
  if (rows.length === 0)
    return wanted.annotator ? (
      <Text c="dimmed">{t("people.nothing")}</Text>
    ) : (
      <Empty title={t("finding.none")}>
        {t(wanted.of === "work" ? "finding.noneOfWork" : "finding.noneText")}
      </Empty>
    );
  const may = Boolean(self?.admin || self?.roles[project]?.includes("manager"));
  return (
    <>
      <ul className={classes.list}>
        {together(rows).map(([one, ...more]) => (
          <li key={one.id} className={classes.row}>
            <FindingView project={project} finding={one} may={may} whose={!wanted.annotator} />
            {more.length > 0 && (
              <details>
                <summary>{t("finding.more", { count: more.length })}</summary>
                <ul className={classes.list}>
                  {more.map((each) => (
                    <li key={each.id} className={classes.row}>
                      <FindingView project={project} finding={each} may={may} whose={!wanted.annotator} />
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("finding.earlier")}
        </Button>
      )}
    </>
  );
}

/** What a validator says of one answer after the other is one entry. */
function together(found: Finding[]): [Finding, ...Finding[]][] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const one of found) {
    const alike = one.item !== null && one.annotator !== null;
    const key = alike ? `${one.kind} ${one.annotator} ${one.state}` : one.id;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

interface Shown {
  project: string;
  finding: Finding;
  may: boolean;
  whose: boolean;
}

function FindingView({ project, finding, may, whose }: Shown) {
  const { t, i18n } = useTranslation("steer");
  const { t: f } = useTranslation("findings");
  const [judging, setJudging] = useState<"upheld" | "dismissed" | null>(null);
  const pair = compared(finding.kind, finding.evidence);
  return (
    <>
      <div className={classes.head}>
        <Title order={whose ? 2 : 3} size="h5">
          {named(finding.kind, f)}
        </Title>
        {whose && finding.annotator && (
          <Anchor
            component={Link}
            to="/projects/$project/annotators/$annotator"
            params={{ project, annotator: finding.annotator } as never}
          >
            {finding.name ?? finding.annotator}
          </Anchor>
        )}
        {finding.item && (
          <Anchor
            component={Link}
            to="/projects/$project/items/$item"
            params={{ project, item: finding.item } as never}
          >
            {finding.item}
          </Anchor>
        )}
        <span className={classes.state} data-state={finding.state}>
          {t(`finding.state.${finding.state}`)}
        </span>
        <span className={steer.quiet}>{ago(finding.at)}</span>
      </div>
      <Text>{says(finding.kind, finding.message, finding.evidence, f, i18n.language)}</Text>
      {pair && <Bars {...pair} />}
      <Between project={project} finding={finding} />
      <Followed finding={finding} />
      {finding.replies.length > 0 && (
        <ul className={classes.said}>
          {finding.replies.map((reply) => (
            <li key={reply.at}>
              <b>{t(`finding.reply.${reply.kind}`)}</b> {reply.text}{" "}
              <span className={steer.quiet}>{ago(reply.at)}</span>
            </li>
          ))}
        </ul>
      )}
      {may && judging === null && (
        <Group gap="xs">
          {(["upheld", "dismissed"] as const)
            .filter((verdict) => verdict !== finding.state)
            .map((verdict) => (
              <Button key={verdict} size="compact-md" variant="default" onClick={() => setJudging(verdict)}>
                {t(`finding.do.${verdict}`)}
              </Button>
            ))}
        </Group>
      )}
      {may && judging !== null && (
        <Judge project={project} finding={finding} verdict={judging} onDone={() => setJudging(null)} />
      )}
    </>
  );
}

const FEW = 5;

/** Who else has a part in it, and the first of the items that it is about. */
function Between({ project, finding }: { project: string; finding: Finding }) {
  const { t } = useTranslation("steer");
  if (finding.partners.length + finding.items.length === 0) return null;
  return (
    <div className={classes.head}>
      {finding.partners.length > 0 && <span>{t("finding.with")}</span>}
      {finding.partners.map((one) => (
        <Anchor
          key={one.annotator}
          component={Link}
          to="/projects/$project/annotators/$annotator"
          params={{ project, annotator: one.annotator } as never}
        >
          {one.name ?? one.annotator}
        </Anchor>
      ))}
      {finding.items.length > 0 && <span>{t("finding.onItems")}</span>}
      {finding.items.slice(0, FEW).map((item) => (
        <Anchor
          key={item}
          component={Link}
          to="/projects/$project/items/$item"
          params={{ project, item } as never}
        >
          {item}
        </Anchor>
      ))}
    </div>
  );
}

/** What was seen beside what is usual. */
function Bars({ seen, usual, unit }: Compared) {
  const { t } = useTranslation("steer");
  const most = unit === "share" ? 1 : Math.max(seen, usual, 1e-9);
  const shown = (value: number) => {
    if (unit === "share") return percent(value, 0);
    const number = count(value, value < 10 ? 1 : 0);
    return unit === "seconds" ? t("people.pace", { seconds: number }) : number;
  };
  return (
    <dl className={classes.bars}>
      <dt>{t("finding.seen")}</dt>
      <dd className={classes.bar} style={{ "--size": Math.max(0, seen) / most } as CSSProperties} />
      <dd>{shown(seen)}</dd>
      <dt>{t("finding.usual")}</dt>
      <dd className={classes.bar} data-usual style={{ "--size": usual / most } as CSSProperties} />
      <dd>{shown(usual)}</dd>
    </dl>
  );
}

/** What followed, what of it was taken back, and the lesson that came of it. */
function Followed({ finding }: { finding: Finding }) {
  const { t } = useTranslation("steer");
  const { consequences, lesson } = finding;
  if (consequences.length === 0 && !lesson) return null;
  return (
    <Text size="sm">
      {[
        ...consequences.map((one) => {
          const detail = one.detail as { amount?: string; currency?: string; tasks?: number };
          const what = t(`finding.followed.${one.kind}`, {
            amount: detail.amount && money(detail.amount, detail.currency ?? "USD"),
            count: detail.tasks ?? 0,
          });
          return one.undone ? t("finding.undone", { what }) : what;
        }),
        ...(lesson ? [t(lesson.done_at ? "finding.lessonDone" : "finding.lessonSent")] : []),
      ].join(" ")}
    </Text>
  );
}

interface Judged {
  project: string;
  finding: Finding;
  verdict: "upheld" | "dismissed";
  onDone: () => void;
}

function Judge({ project, finding, verdict, onDone }: Judged) {
  const { t } = useTranslation("steer");
  const [reason, setReason] = useState("");
  const standing = finding.consequences.filter((one) => !one.undone).map((one) => one.kind);
  const [then, setThen] = useState<Consequence[]>([]);
  const judge = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/api/v1/projects/{project}/findings/{finding}/judge", {
          params: { path: { project, finding: finding.id } },
          body: { verdict, reason: reason.trim(), then },
        }),
      ),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["project", project] });
      onDone();
    },
  });
  const about = finding.annotator !== null;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim()) judge.mutate();
      }}
    >
      <Text size="sm">{t(`finding.means.${verdict}`)}</Text>
      <Textarea
        data-autofocus
        label={t(about ? "finding.reason" : "finding.why")}
        required
        autosize
        minRows={2}
        maxLength={4000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {verdict === "upheld" && about && (
        <Checkbox.Group
          label={t("finding.then.label")}
          value={then}
          onChange={(chosen) => setThen(chosen as Consequence[])}
        >
          {FOLLOW.filter((one) => !standing.includes(one)).map((one) => (
            <Checkbox
              key={one}
              mt="xs"
              value={one}
              disabled={one !== "paused" && finding.answers === 0}
              label={t(`finding.then.${one}`, { count: finding.answers })}
            />
          ))}
        </Checkbox.Group>
      )}
      {judge.error && <Text role="alert">{judge.error.message}</Text>}
      <Group gap="xs">
        <Button size="compact-md" type="submit" disabled={!reason.trim()} loading={judge.isPending}>
          {t(`finding.do.${verdict}`)}
        </Button>
        <Button size="compact-md" variant="default" onClick={onDone}>
          {t("cancel", { ns: "shared" })}
        </Button>
      </Group>
    </form>
  );
}
