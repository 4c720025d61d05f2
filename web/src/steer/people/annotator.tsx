// One annotator: what they are good at, what they confuse, what to do about it.
import { Anchor, Button, Checkbox, Group, Modal, Text, Textarea, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type CSSProperties, useState } from "react";
import { useTranslation } from "react-i18next";
import { NoticeWords } from "@/annotate/notice_words";
import { me, projects } from "@/api/queries";
import { ago, count, day, money, percent } from "@/shared/format";
import { Failed, Loading } from "@/shared/states";
import { Diagnoses } from "../findings/diagnosis";
import { FindingList } from "../findings/findings";
import classes from "../steer.module.css";
import { Answered, best, Interval } from "./annotators";
import { Exams } from "./exams";
import { type AnnotatorPage, annotatorOf, type Measure, take } from "./reads";

export function Annotator() {
  const { t } = useTranslation("steer");
  const { project, annotator } = useParams({ from: "/inside/projects/$project/annotators/$annotator" });
  const { data: one, error, refetch } = useQuery(annotatorOf(project, annotator));
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!one) return <Loading />;
  return (
    <div className={classes.page}>
      <Anchor component={Link} to="/projects/$project/annotators" params={{ project } as never} size="sm">
        {t("people.back")}
      </Anchor>
      <Group justify="space-between">
        <Title order={1}>
          {one.name ?? one.annotator}{" "}
          <span className={classes.quiet}>{one.status !== "active" && t(`status.${one.status}`)}</span>
        </Title>
        <Measures one={one} project={project} />
      </Group>
      {one.reason && <Text>{t("people.because", { reason: one.reason })}</Text>}
      {one.discounted && <Text>{t("people.discounted")}</Text>}
      <section>
        <Title order={2}>{t("people.todo")}</Title>
        <Text>{t(`people.do.${doing(one)}`)}</Text>
      </section>
      <section>
        <Title order={2}>{t("people.good")}</Title>
        {one.skills.length === 0 && <Text c="dimmed">{t("people.unknown")}</Text>}
        <dl className={classes.facts}>
          {one.skills.map((skill) => (
            <div key={skill.step}>
              <dt>{skill.step}</dt>
              <dd>
                {skill.accuracy === null ? (
                  t("people.answers", { count: skill.answers })
                ) : (
                  <>
                    <Interval value={skill.accuracy} low={skill.low ?? 0} high={skill.high ?? 1} />{" "}
                    <Answered project={project} by={annotator} where={{ step: skill.step }}>
                      {t("people.ofAnswers", { count: skill.answers })}
                    </Answered>
                    {skill.verdict && ` · ${t(`verdict.${skill.verdict.split(" ")[0]}`, skill.verdict)}`}
                  </>
                )}
              </dd>
            </div>
          ))}
          <Facts one={one} project={project} />
        </dl>
      </section>
      {one.confusions.map((confusion) => (
        <Confusion key={confusion.step} confusion={confusion} project={project} by={annotator} />
      ))}
      <Diagnoses project={project} annotator={one.annotator} />
      <Exams one={one} project={project} />
      <History rows={one.history} />
      <Told one={one} project={project} />
    </div>
  );
}

const VERDICTS = ["random", "constant", "adversarial", "confuses", "good"] as const;

/** What is to be done, by what we believe of them on the step that they know best. */
function doing(one: AnnotatorPage) {
  if (one.status !== "active") return one.status;
  const verdict = best(one)?.verdict ?? "";
  if (verdict === "good" && one.confusions.some((step) => mixed(step).length > 0)) return "mixes";
  return VERDICTS.find((name) => verdict.startsWith(name)) ?? "unknown";
}

function Facts({ one, project }: { one: AnnotatorPage; project: string }) {
  const { t } = useTranslation("steer");
  const currency = useQuery(projects).data?.find((found) => found.name === project)?.currency ?? "USD";
  const { agreement } = one;
  const facts = {
    agreement: agreement && <Interval value={agreement.value} low={agreement.low} high={agreement.high} />,
    answers: (
      <>
        <Answered project={project} by={one.annotator}>
          {count(one.answers)}
        </Answered>
        {` · ${t("people.share", { share: percent(one.share) })}`}
      </>
    ),
    pace: one.seconds !== null && t("people.seconds", { seconds: count(one.seconds, 1) }),
    cost: money(one.cost, currency),
    seen: one.last_seen && ago(one.last_seen),
  } as const;
  return Object.entries(facts).map(([name, shown]) => (
    <div key={name}>
      <dt>{t(`people.column.${name as keyof typeof facts}`)}</dt>
      <dd>{shown || "—"}</dd>
    </div>
  ));
}

/** The mistakes that they make most, as [of, said, share]. */
function mixed({ labels, rows }: AnnotatorPage["confusions"][number]): [string, string, number][] {
  const least = Math.max(0.1, 1.5 / (labels.length + 1));
  const pairs = rows.flatMap((row, of) =>
    row.map((share, said): [number, number, number] => [of, said, share]),
  );
  return pairs
    .filter(([of, said, share]) => of !== said && share >= least)
    .sort((a, b) => b[2] - a[2])
    .slice(0, 3)
    .map(([of, said, share]) => [labels[of] ?? "", labels[said] ?? "", share]);
}

interface Confusing {
  confusion: AnnotatorPage["confusions"][number];
  project: string;
  by: string;
}

function Confusion({ confusion, project, by }: Confusing) {
  const { t } = useTranslation("steer");
  return (
    <section>
      <Title order={2}>{t("people.confuses", { step: confusion.step })}</Title>
      <Text>
        {mixed(confusion)
          .map(([truth, said, share]) => t("people.mixes", { truth, said, share: percent(share, 0) }))
          .join(" ") || t("people.mixesNothing")}
      </Text>
      <Text size="xs" c="dimmed">
        {t("people.matrix")}
      </Text>
      <section
        className={classes.scroll}
        tabIndex={0}
        aria-label={t("people.confuses", { step: confusion.step })}
      >
        <table className={classes.matrix}>
          <thead>
            <tr>
              <td />
              {confusion.labels.map((label) => (
                <th key={label} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {confusion.rows.map((row, at) => (
              <tr key={confusion.labels[at]}>
                <th scope="row">{confusion.labels[at]}</th>
                {row.map((share, to) => (
                  <td
                    key={confusion.labels[to]}
                    style={{ "--share": share } as CSSProperties}
                    data-right={at === to || undefined}
                  >
                    {share >= 0.005 && (
                      <Answered
                        project={project}
                        by={by}
                        where={{
                          step: confusion.step,
                          value: confusion.labels[at] ?? "",
                          said: confusion.labels[to] ?? "",
                        }}
                      >
                        {percent(share, 0)}
                      </Answered>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function History({ rows }: { rows: AnnotatorPage["history"] }) {
  const { t } = useTranslation("steer");
  if (rows.length === 0) return null;
  return (
    <section>
      <Title order={2}>{t("people.history")}</Title>
      <section className={classes.scroll} tabIndex={0} aria-label={t("people.history")}>
        <table className={classes.table}>
          <thead>
            <tr>
              {(["day", "answers", "pace", "known", "agreeing"] as const).map((name) => (
                <th key={name} scope="col">
                  {t(`people.day.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.at}>
                <th scope="row">{day(one.at)}</th>
                <td>{count(one.answers)}</td>
                <td>
                  {one.seconds === null ? "—" : t("people.seconds", { seconds: count(one.seconds, 1) })}
                </td>
                <td>
                  {one.known > 0 ? t("people.of", { part: count(one.right), whole: count(one.known) }) : "—"}
                </td>
                <td>
                  {one.compared > 0
                    ? t("people.of", { part: count(one.agreeing), whole: count(one.compared) })
                    : "—"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function Told({ one, project }: { one: AnnotatorPage; project: string }) {
  const { t } = useTranslation("steer");
  return (
    <>
      <section>
        <Title order={2}>{t("people.noticed")}</Title>
        <FindingList project={project} wanted={{ annotator: one.annotator }} />
      </section>
      {one.notices.length > 0 && (
        <section>
          <Title order={2}>{t("people.told")}</Title>
          <ul>
            {one.notices.map((sent) => (
              <li key={sent.id}>
                <NoticeWords notice={sent} project={project} />{" "}
                <span className={classes.quiet}>
                  {ago(sent.created_at)} · {t(sent.acknowledged_at ? "people.read" : "people.unread")}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Measures({ one, project }: { one: AnnotatorPage; project: string }) {
  const { t } = useTranslation("steer");
  const queries = useQueryClient();
  const [open, setOpen] = useState<Measure | null>(null);
  const [reason, setReason] = useState("");
  const [discount, setDiscount] = useState(false);
  const { data: self } = useQuery(me);
  const act = useMutation({
    mutationFn: (measure: Measure) => take(measure, project, one.annotator, reason.trim(), discount),
    onSuccess: () => {
      setOpen(null);
      setReason("");
      void queries.invalidateQueries({ queryKey: ["project", project] });
    },
  });
  if (!self?.admin && !self?.roles[project]?.includes("manager")) return null;
  const offered: Measure[] =
    one.status === "active" ? ["message", "retrain", "pause", "block"] : ["message", "resume"];
  return (
    <Group gap="xs">
      {offered.map((measure) => (
        <Button
          key={measure}
          size="xs"
          variant={measure === "resume" ? "filled" : "default"}
          onClick={() => setOpen(measure)}
        >
          {t(`measure.${measure}.do`)}
        </Button>
      ))}
      {act.data !== undefined && act.data > 0 && (
        <Text size="sm" role="status">
          {t("measure.again", { count: act.data })}
        </Text>
      )}
      <Modal
        opened={open !== null}
        onClose={() => setOpen(null)}
        title={open && t(`measure.${open}.do`)}
        closeButtonProps={{ "aria-label": t("close", { ns: "shared" }) }}
      >
        {open && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              act.mutate(open);
            }}
          >
            <Text size="sm" mb="sm">
              {t(`measure.${open}.says`)}
            </Text>
            <Textarea
              data-autofocus
              label={t(open === "message" || open === "retrain" ? "measure.text" : "measure.reason")}
              required
              autosize
              minRows={3}
              maxLength={2000}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            {open === "block" && (
              <Checkbox
                mt="sm"
                label={t("measure.discount")}
                checked={discount}
                onChange={(event) => setDiscount(event.currentTarget.checked)}
              />
            )}
            {act.error && <Text role="alert">{act.error.message}</Text>}
            <Group mt="md">
              <Button type="submit" loading={act.isPending} disabled={reason.trim() === ""}>
                {t(`measure.${open}.do`)}
              </Button>
              <Button variant="subtle" color="gray" onClick={() => setOpen(null)}>
                {t("cancel", { ns: "shared" })}
              </Button>
            </Group>
          </form>
        )}
      </Modal>
    </Group>
  );
}
