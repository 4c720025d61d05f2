// The task in hand: the item, the answers, and the bar of what can be done, each in its own place.
import { Button, Kbd, Text, TextInput, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { isTyping, useKeys } from "@/shared/keys";
import { Loading } from "@/shared/states";
import type { Desk } from "./desk/desk";
import type { DeskState, Said, Turn } from "./desk/state";
import type { useFeedback } from "./feedback";
import { Foot } from "./foot";
import { clauseOf, guideOf, stepOf } from "./guide";
import { free, shown } from "./hotkeys";
import { type Instead, ItemView } from "./item/item";
import type { Complaint, Focus } from "./kinds/kind";
import { type AnyKind, useKind } from "./kinds/registry";
import { Notices } from "./notices";
import { Sure } from "./sure";
import { type Question, say } from "./task";
import classes from "./work.module.css";

const Guideline = lazy(() => import("./guideline"));
const Reasons = lazy(() => import("./reasons"));

interface Shown {
  desk: Desk;
  state: DeskState;
  turn: Turn;
  feedback: ReturnType<typeof useFeedback>;
}

export function TurnView(props: Shown) {
  const { t } = useTranslation("annotate");
  const { task } = props.turn;
  const { data: guide } = useQuery(guideOf(task.project));
  const question = stepOf(guide, task)?.question;
  const kind = useKind(question?.kind ?? "");
  if (!question) return <Loading />;
  if (!kind)
    return (
      <div className={classes.body}>
        <Text m="auto">{t("unknown", { kind: question.kind })}</Text>
        <Button m="auto" variant="default" onClick={() => props.desk.skip("unknown kind")}>
          {t("act.skip")}
        </Button>
      </div>
    );
  return <Answering {...props} question={question} kind={kind} />;
}

interface Given {
  readonly turns: number;
  readonly value: unknown;
  readonly comment: string;
  readonly sure: number | undefined;
  readonly focus: Focus;
  readonly complaint: Complaint | null;
}

function said({ value, comment, sure }: Given): Said {
  return { value, comment, sure };
}

/** What has been answered so far; begun anew with each turn. */
function useGiven({ state, turn, question, kind, desk }: Shown & { question: Question; kind: AnyKind }) {
  const begin = (): Given => {
    const { draft } = turn;
    return {
      turns: state.turns,
      value: draft ? draft.value : kind.empty(question),
      comment: draft?.comment ?? "",
      sure: draft?.sure,
      focus: { label: null, mark: null },
      complaint: null,
    };
  };
  const [kept, setGiven] = useState(begin);
  const given = kept.turns === state.turns ? kept : begin();
  if (given !== kept) setGiven(given);
  const change = (next: Partial<Given>) => {
    setGiven((now) => ({ ...now, complaint: null, ...next }));
    if ("value" in next || "comment" in next || "sure" in next) desk.draft(said({ ...given, ...next }));
  };
  const onFocus = (focus: Partial<Focus>) =>
    setGiven((now) => ({ ...now, focus: { ...now.focus, ...focus } }));
  return { given, change, onFocus };
}

function Answering(props: Shown & { question: Question; kind: AnyKind }) {
  const { desk, state, turn, question, kind, feedback } = props;
  const { task } = turn;
  const { t, i18n } = useTranslation("annotate");
  const { data: guide } = useQuery(guideOf(task.project));
  const { given, change, onFocus } = useGiven(props);
  const [asking, setAsking] = useState<"skip" | "flag" | null>(null);
  const [open, setOpen] = useState(false);
  const [cited, setCited] = useState<string | null>(null);
  const note = useRef<HTMLInputElement>(null);
  const words = (written: Question["title"]) => say(written, i18n.language);
  const clauseFor = (label: string | null) => clauseOf(guide, question, label, words)?.id ?? null;
  const clause = clauseFor(given.focus.label);
  // Before a class has the focus, the guideline opens where the classes of this question begin.
  const opening = cited ?? clause ?? clauseFor(question.classes[0]?.id ?? null);

  const kept = useRef({ turns: -1, step: task.step });
  // For who listens: that the answer before was kept, and what is asked when it is another question.
  const heard = !turn.said &&
    kept.current.turns === state.turns - 1 && [
      t("kept"),
      kept.current.step !== task.step && (words(stepOf(guide, task)?.ask ?? "") || task.ask),
    ];
  const submit = () => {
    const complaint = kind.problem(given.value, question);
    if (complaint) return change({ complaint });
    performance.mark("submit");
    kept.current = { turns: state.turns, step: task.step };
    desk.submit(kind.send ? kind.send(given.value, question, task) : given.value, said(given));
  };
  const showGuideline = () => {
    setCited(null);
    setOpen(!open);
  };
  const press = (key: string) => free(key, question);
  const keys = {
    undo: press("z"),
    skip: press("s"),
    flag: press("f"),
    guideline: press("g"),
    note: press("n"),
    sure: press("c"),
  };
  useKeys([
    { press: "Enter", does: t("act.submit"), run: submit, typing: true },
    { press: "mod+Enter", does: t("act.submit"), run: submit, typing: true, listed: false },
    { press: keys.undo, does: t("act.undo"), run: () => desk.undo() },
    { press: keys.skip, does: t("act.skip"), run: () => setAsking("skip") },
    { press: keys.flag, does: t("act.flag"), run: () => setAsking("flag") },
    { press: keys.guideline, does: t("act.guideline"), run: showGuideline },
    { press: keys.note, does: t("act.note"), run: () => note.current?.focus() },
    { press: "Escape", does: t("act.leave"), run: () => leave() || setOpen(false), typing: true },
  ]);
  const part = kind.onItem && { part: kind.onItem.part(question), Part: kind.onItem.Part };
  const editing = {
    question,
    item: task,
    value: given.value,
    onChange: (value: unknown) => change({ value }),
    focus: given.focus,
    onFocus,
  };
  const instead: Instead | undefined = part && {
    part: part.part,
    node: <part.Part key={state.turns} {...editing} />,
  };
  return (
    <div className={classes.body} data-open={open || undefined}>
      <div className={classes.column}>
        <Notices
          desk={desk}
          state={state}
          turn={turn}
          feedback={feedback}
          question={question}
          onClause={(id) => {
            setCited(id);
            setOpen(true);
          }}
        />
        <VisuallyHidden aria-live="polite">
          {heard && <span key={state.turns}>{heard.filter(Boolean).join(" ")}</span>}
        </VisuallyHidden>
        <section
          className={classes.item}
          aria-label={t("item.label")}
          aria-live="polite"
          tabIndex={0}
          data-task={task.task}
        >
          <div key={state.turns} className={classes.fresh}>
            <ItemView item={task} instead={instead} />
          </div>
        </section>
        <section className={classes.answers} aria-label={t("answer")}>
          <div className={classes.inner}>
            <kind.Editor {...editing} />
            {question.options.ask_confidence === true && (
              <Sure press={keys.sure} value={given.sure} onChange={(sure) => change({ sure })} />
            )}
            <TextInput
              ref={note}
              className={classes.note}
              placeholder={t("note.label")}
              aria-label={t("note.label")}
              maxLength={10_000}
              value={given.comment}
              onChange={(event) => change({ comment: event.currentTarget.value })}
              rightSection={<Kbd aria-hidden>{shown(keys.note)}</Kbd>}
              rightSectionWidth={48}
            />
          </div>
        </section>
        <Foot
          keys={keys}
          canUndo={state.canUndo}
          clause={clause}
          open={open}
          complaint={given.complaint && t(given.complaint.says, given.complaint.with ?? {})}
          revising={turn.revises !== undefined}
          onUndo={() => desk.undo()}
          onSkip={() => setAsking("skip")}
          onFlag={() => setAsking("flag")}
          onGuideline={showGuideline}
          onSubmit={submit}
        />
      </div>
      <Suspense>
        {open && guide && <Guideline guide={guide} clause={opening} onClose={() => setOpen(false)} />}
        {asking && (
          <Reasons
            title={t(`reason.${asking}`)}
            after={t(`reason.${asking}After`)}
            reasons={(asking === "skip" ? guide?.skip_reasons : guide?.flag_reasons) ?? []}
            onGive={(reason) => {
              setAsking(null);
              desk[asking](reason);
            }}
            onClose={() => setAsking(null)}
          />
        )}
      </Suspense>
    </div>
  );
}

/** From a field back to the page, where single letters are keys; false when there was none to leave. */
function leave(): boolean {
  const field = document.activeElement;
  if (!isTyping(field)) return false;
  (field as HTMLElement).blur();
  return true;
}
