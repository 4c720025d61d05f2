// One quiet line above the task: what happened, and what to do about it. It has its place even when it is empty.
import { Anchor, Button, CloseButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useKeys } from "@/shared/keys";
import type { Desk } from "./desk/desk";
import type { DeskState, Turn } from "./desk/state";
import type { Entry } from "./desk/store";
import type { Told, useFeedback } from "./feedback";
import { guideOf } from "./guide";
import { free } from "./hotkeys";
import { Answer } from "./kinds/answer";
import { NoticeWords } from "./notice_words";
import type { Question } from "./task";
import { type Notice, useTold } from "./told";
import classes from "./work.module.css";

const Dispute = lazy(() => import("./dispute"));

interface Shown {
  desk: Desk;
  state: DeskState;
  turn?: Turn;
  feedback?: ReturnType<typeof useFeedback>;
  /** The clause to open the guideline at. */
  onClause?: (id: string) => void;
  question?: Question;
}

/** The most urgent one is shown. */
export function Notices({ desk, state, turn, feedback, onClause, question }: Shown) {
  const { t } = useTranslation("annotate");
  const told = useTold();
  const refused = state.refused[0];
  // What is disputed stays so while one writes, whatever else there is to tell meanwhile.
  const [disputed, setDisputed] = useState<Told | null>(null);
  return (
    <div className={classes.notices} role="status">
      {turn?.said ? (
        <Said words={turn.said} />
      ) : refused ? (
        <Refused entry={refused} onClose={() => desk.dismiss(refused.id)} />
      ) : state.hindrance ? (
        <Hindered state={state} />
      ) : state.late ? (
        <Plain name="late" />
      ) : turn?.revises ? (
        <Plain name="revising" />
      ) : feedback?.told ? (
        <Feedback
          told={feedback.told}
          onClose={feedback.close}
          onDispute={setDisputed}
          onClause={onClause}
          question={question}
        />
      ) : told.said ? (
        // What was to be read first may have kept work back.
        <Written
          notice={told.said}
          more={told.more}
          onRead={() => told.read("said").then(() => desk.again())}
        />
      ) : told.rest ? (
        <Line tone="plain" sign="i">
          <span>{t(`notice.rest.${told.rest}`)}</span>
          <CloseButton onClick={() => void told.read("rest")} aria-label={t("notice.close")} size="sm" />
        </Line>
      ) : null}
      <Suspense>
        {disputed && (
          <Dispute
            told={disputed}
            onDone={() => disputed === feedback?.told && feedback.close()}
            onClose={() => setDisputed(null)}
          />
        )}
      </Suspense>
    </div>
  );
}

function Line({
  tone,
  sign,
  children,
}: {
  tone: "plain" | "warn" | "good";
  sign: string;
  children: ReactNode;
}) {
  return (
    <div className={classes.notice} data-tone={tone}>
      <span aria-hidden="true" className={classes.sign}>
        {sign}
      </span>
      {children}
    </div>
  );
}

function Plain({ name }: { name: "late" | "revising" }) {
  const { t } = useTranslation("annotate");
  return (
    <Line tone="plain" sign="i">
      <span>{t(`notice.${name}`)}</span>
    </Line>
  );
}

const CALM: readonly Notice["kind"][] = [
  "message",
  "resumed",
  "released",
  "dismissed",
  "slips",
  "digest",
  "wanted",
];

/** What those who manage the project say to one. */
function Written({ notice, more, onRead }: { notice: Notice; more: number; onRead: () => void }) {
  const { t } = useTranslation("annotate");
  return (
    <Line tone={CALM.includes(notice.kind) ? "plain" : "warn"} sign="i">
      <span>
        <NoticeWords notice={notice} project={notice.project} />
        {more > 0 && ` · ${t("notice.more", { count: more })}`}
      </span>
      <Button size="compact-sm" variant="default" onClick={onRead}>
        {t("notice.read")}
      </Button>
    </Line>
  );
}

function Said({ words }: { words: string }) {
  const { t } = useTranslation("annotate");
  return (
    <Line tone="warn" sign="!">
      <span>{t("notice.back", { words })}</span>
    </Line>
  );
}

function Hindered({ state }: { state: DeskState }) {
  const { t } = useTranslation("annotate");
  if (state.hindrance === "signed out")
    return (
      <Line tone="warn" sign="!">
        <span>{t("notice.signedOut", { count: state.unsent })}</span>{" "}
        <Anchor component={Link} to="/sign-in" search={{ to: "/work" } as never}>
          {t("notice.signIn")}
        </Anchor>
      </Line>
    );
  return (
    <Line tone="plain" sign="i">
      <span>{t("notice.offline", { count: state.unsent })}</span>
    </Line>
  );
}

const REASONS = ["lease-ended", "conflict", "budget-spent"];

/** An answer that the server would not have; it can be read once more. */
function Refused({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const { t } = useTranslation("annotate");
  const { data: guide } = useQuery(guideOf(entry.task.project));
  const question = guide?.steps.find((step) => step.step === entry.task.step)?.question;
  const type = entry.refused?.type ?? "";
  return (
    <Line tone="warn" sign="!">
      <span>
        {REASONS.includes(type) ? t(`notice.refused.${type}`) : entry.refused?.detail}
        {question && "value" in entry.body && (
          <>
            {" "}
            {t("notice.yours")} <Answer question={question} value={entry.body.value} item={entry.task} />
          </>
        )}
      </span>
      <CloseButton onClick={onClose} aria-label={t("notice.close")} size="sm" />
    </Line>
  );
}

/** What was expected, and why; with a way to disagree. */
function Feedback({
  told,
  onClose,
  onDispute,
  onClause,
  question,
}: {
  told: Told;
  onClose: () => void;
  onDispute: (told: Told) => void;
  onClause?: (id: string) => void;
  question?: Question;
}) {
  const { t } = useTranslation("annotate");
  const { data: guide } = useQuery(guideOf(told.project));
  const asked = guide?.steps.find((step) => step.step === told.step)?.question;
  const mayDispute = told.may_dispute && told.right === false;
  const press = free("d", question);
  const outcome = told.dispute?.state === "closed" ? told.dispute.outcome : null;
  useKeys(mayDispute ? [{ press, does: t("feedback.disagree"), run: () => onDispute(told) }] : []);
  return (
    <Line tone={told.right ? "good" : "plain"} sign={told.right ? "✓" : "i"}>
      <span>
        {t(`feedback.${outcome ?? (told.right ? "right" : "was")}`)}{" "}
        {asked ? <Answer question={asked} value={told.expected} item={told} /> : String(told.expected)}
        {asked && told.right === false && !outcome && (
          <>
            {" "}
            {t("feedback.not")} <Answer question={asked} value={told.value} item={told} />
          </>
        )}
        {told.why && <>: {told.why}</>}{" "}
        {told.clauses.map((clause) => (
          <Anchor key={clause} component="button" type="button" onClick={() => onClause?.(clause)}>
            §{clause}{" "}
          </Anchor>
        ))}
        {(told.right === false || outcome) && <q className={classes.excerpt}>{told.excerpt}</q>}
      </span>
      {mayDispute && (
        <Button size="compact-sm" variant="default" onClick={() => onDispute(told)}>
          {t("feedback.disagree")}
        </Button>
      )}
      <CloseButton onClick={onClose} aria-label={t("notice.close")} size="sm" />
    </Line>
  );
}
