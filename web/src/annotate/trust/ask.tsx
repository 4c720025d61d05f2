// One question outside the flow of work: the item, the answers, and the button. Begun anew by its `key`.
import { Button, Kbd } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useKeys } from "@/shared/keys";
import { Loading } from "@/shared/states";
import { guideOf } from "../guide";
import { type Instead, ItemView } from "../item/item";
import type { Complaint, Focus } from "../kinds/kind";
import { type AnyKind, useKind } from "../kinds/registry";
import { type Item, type Question, say } from "../task";
import classes from "./trust.module.css";

interface Asked {
  item: Item;
  step: string;
  does: string;
  busy: boolean;
  said?: string;
  onAnswer: (value: unknown) => void;
}

export function Ask(props: Asked) {
  const { t, i18n } = useTranslation("annotate");
  const { data: guide } = useQuery(guideOf(props.item.project));
  const step = guide?.steps.find((one) => one.step === props.step);
  const kind = useKind(step?.question.kind ?? "");
  if (!guide || (step && !kind)) return <Loading />;
  if (!step || !kind) return <p role="alert">{t("unknown", { kind: props.step })}</p>;
  return (
    <>
      <h2>{say(step.ask, i18n.language)}</h2>
      <Answering {...props} question={step.question} kind={kind} />
    </>
  );
}

function Answering({
  item,
  does,
  busy,
  said,
  onAnswer,
  question,
  kind,
}: Asked & { question: Question; kind: AnyKind }) {
  const { t } = useTranslation("annotate");
  const [value, setValue] = useState<unknown>(() => kind.empty(question));
  const [focus, setFocus] = useState<Focus>({ label: null, mark: null });
  const [complaint, setComplaint] = useState<Complaint | null>(null);
  const submit = () => {
    const wrong = kind.problem(value, question);
    setComplaint(wrong);
    if (!wrong && !busy) onAnswer(kind.send ? kind.send(value, question, item) : value);
  };
  useKeys([{ press: "Enter", does, run: submit, typing: true }]);
  const editing = {
    question,
    item,
    value,
    onChange: (next: unknown) => {
      setComplaint(null);
      setValue(next);
    },
    focus,
    onFocus: (next: Partial<Focus>) => setFocus((now) => ({ ...now, ...next })),
  };
  const instead: Instead | undefined = kind.onItem && {
    part: kind.onItem.part(question),
    node: <kind.onItem.Part {...editing} />,
  };
  return (
    <>
      <section className={classes.item} aria-label={t("item.label")} tabIndex={0}>
        <ItemView item={item} instead={instead} />
      </section>
      <section aria-label={t("answer")}>
        <kind.Editor {...editing} />
      </section>
      {(complaint || said) && (
        <p role="alert">{complaint ? t(complaint.says, complaint.with ?? {}) : said}</p>
      )}
      <div>
        <Button onClick={submit} loading={busy} rightSection={<Kbd aria-hidden>Enter</Kbd>}>
          {does}
        </Button>
      </div>
    </>
  );
}
