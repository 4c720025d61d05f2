// /work/exam/…: one question after the other, until what was answered tells whether the bar is reached.
import { Anchor, Button, Kbd, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { queries } from "@/api/queries";
import { count, moment, percent } from "@/shared/format";
import { useKeys } from "@/shared/keys";
import { Empty, Failed, Loading } from "@/shared/states";
import { Back } from "../back";
import Prose from "../item/prose";
import { say, type Words } from "../task";
import { Ask } from "./ask";
import { standing } from "./reads";
import classes from "./trust.module.css";

type Sitting = Shapes["Sitting"];
const EXAM = "/api/v1/projects/{project}/exams/{exam}" as const;

export function Exam() {
  const { t, i18n } = useTranslation("annotate");
  const { project, name } = useParams({ from: "/inside/work/exam/$project/$name" });
  const { data, error, refetch } = useQuery(standing);
  const [sitting, setSitting] = useState<Sitting | null>(null);
  const params = { path: { project, exam: name } };
  const take = (now: Sitting) => {
    setSitting(now);
    if (now.state !== "open") void queries.invalidateQueries({ queryKey: standing.queryKey });
  };
  const start = useMutation({
    mutationFn: () => ask(api.POST(`${EXAM}/start`, { params })),
    onSuccess: take,
  });
  const answer = useMutation({
    mutationFn: (body: Shapes["ExamAnswer"]) => ask(api.POST(`${EXAM}/answer`, { params, body })),
    onSuccess: take,
  });
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  const exam = data.find((one) => one.project === project)?.exams.find((one) => one.name === name);
  if (!exam) return <Empty whole title={t("trust.wanted.exam", { name })} />;
  const words = (written: unknown) => say(written as Words, i18n.language);
  const question = sitting?.question;
  const asked = sitting?.tests.reduce((sum, one) => sum + one.asked, 0) ?? 0;
  return (
    <article className={classes.page}>
      <Back project={project} />
      <Title order={1}>{words(exam.title) || t("trust.wanted.exam", { name })}</Title>
      {!sitting && (
        <Before
          exam={exam}
          words={words}
          busy={start.isPending}
          said={start.error?.message}
          onBegin={() => start.mutate()}
        />
      )}
      {sitting?.withdrawn && <p role="status">{t("trust.exam.withdrawn")}</p>}
      {sitting && question && (
        <>
          <Evidence sitting={sitting} number={asked + 1} />
          <Ask
            key={question.id}
            item={{ project, body: question.body, media: question.media, language: question.language }}
            step={question.step}
            does={t("trust.exam.answer")}
            busy={answer.isPending}
            said={answer.error?.message}
            onAnswer={(value) => answer.mutate({ question: question.id, value: value as never })}
          />
        </>
      )}
      {sitting && !question && <Result sitting={sitting} />}
    </article>
  );
}

function Before(props: {
  exam: Shapes["ExamStands"];
  words: (written: unknown) => string;
  busy: boolean;
  said: string | undefined;
  onBegin: () => void;
}) {
  const { t } = useTranslation("annotate");
  const { exam, busy, onBegin } = props;
  const does = t(exam.state === "open" ? "trust.exam.goOn" : "trust.exam.begin");
  useKeys([{ press: "Enter", does, run: onBegin }], exam.may_start);
  const text = props.words(exam.text);
  return (
    <>
      {text && <Prose text={text} />}
      <p>
        {t("trust.exam.rule", {
          sure: percent(exam.sure, 0),
          bar: percent(exam.bar, 0),
          fewest: exam.fewest,
          most: exam.most,
        })}
      </p>
      {exam.state !== "new" && <Again left={exam.left} from={exam.not_before} state={exam.state} />}
      {props.said && <p role="alert">{props.said}</p>}
      {exam.may_start && (
        <div>
          <Button onClick={onBegin} loading={busy} rightSection={<Kbd aria-hidden>Enter</Kbd>}>
            {does}
          </Button>
        </div>
      )}
    </>
  );
}

/** A test as people call it: a class by its title, with its step where several are asked. */
function part(test: Shapes["ExamTest"], sitting: Sitting, language: string): string {
  const title = say(test.title as Words, language);
  const several = new Set(sitting.tests.map((one) => one.step)).size > 1;
  return several && test.step ? `${test.step} · ${title}` : title;
}

/** How sure it is by now that the bar is reached, test by test. */
function Evidence({ sitting, number }: { sitting: Sitting; number: number }) {
  const { t, i18n } = useTranslation("annotate");
  return (
    <section aria-label={t("trust.exam.question", { number })}>
      <p className={classes.quiet}>{t("trust.exam.question", { number })}</p>
      {sitting.tests.map((one) => {
        const told = t("trust.exam.evidence", {
          belief: percent(one.belief, 0),
          bar: percent(sitting.bar, 0),
        });
        return (
          <div key={one.test}>
            <meter
              className={classes.meter}
              min={0}
              max={1}
              low={sitting.doubt}
              high={sitting.sure}
              optimum={1}
              value={one.belief}
              aria-label={told}
            />
            <span className={classes.quiet}>
              {one.test && `${part(one, sitting, i18n.language)} · `}
              {told} · {t("trust.exam.asked", { count: one.asked })}
            </span>
          </div>
        );
      })}
    </section>
  );
}

function Result({ sitting }: { sitting: Sitting }) {
  const { t, i18n } = useTranslation("annotate");
  return (
    <>
      <p role="status">
        <b>{t(`trust.exam.state.${sitting.state}`)}</b>
      </p>
      <table className={classes.table}>
        <caption className={classes.quiet}>{t("trust.exam.result")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("trust.exam.columns.part")}</th>
            <th scope="col">{t("trust.exam.columns.answers")}</th>
            <th scope="col">{t("trust.exam.columns.verdict")}</th>
          </tr>
        </thead>
        <tbody>
          {sitting.tests.map((one) => (
            <tr key={one.test}>
              <th scope="row">{part(one, sitting, i18n.language) || t("trust.exam.whole")}</th>
              <td>
                {t("trust.exam.right", { right: count(one.right), asked: count(one.asked) })}
                {" · "}
                {t("trust.exam.skill", { low: percent(one.low, 0), high: percent(one.high, 0) })}
              </td>
              <td>{t(`trust.exam.verdict.${one.verdict}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {sitting.state !== "passed" && (
        <Again left={sitting.retake.left} from={sitting.retake.not_before} state={sitting.state} />
      )}
      <Anchor component={Link} to="/work">
        {t("trust.exam.toWork")}
      </Anchor>
    </>
  );
}

function Again({ left, from, state }: { left: number; from: string | null; state: string }) {
  const { t } = useTranslation("annotate");
  if (state === "open" || state === "passed") return null;
  return (
    <p>
      {left > 0 ? t("trust.exam.retake", { count: left }) : t("trust.exam.retake_zero")}{" "}
      {left > 0 && from && t("trust.exam.from", { day: moment(from) })}
    </p>
  );
}
