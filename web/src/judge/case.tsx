// One case: the item and the answer in the middle, the evidence beside, the reasons below.
import { Badge, Button, Group, Kbd, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { free, shown } from "@/annotate/hotkeys";
import { ItemView } from "@/annotate/item/item";
import type { Focus } from "@/annotate/kinds/kind";
import { type AnyKind, useKind } from "@/annotate/kinds/registry";
import { say } from "@/annotate/task";
import { useKeys } from "@/shared/keys";
import { Header } from "@/shared/shell";
import { Loading } from "@/shared/states";
import { Evidence } from "./evidence";
import classes from "./judge.module.css";
import { adjudicate, type Case, type Word, wordOf } from "./queue";
import { faultOf, type Reasons, ReasonsForm, started, templateOf } from "./reasons";
import type { Outcome } from "./strip";

interface Judging {
  found: Case;
  /** Why the case could not be given back. */
  refused: Error | null;
  onDecided: (outcome: Outcome) => void;
  onGiveBack: () => void;
}

export function CaseDesk(props: Judging) {
  const kind = useKind(props.found.question.kind);
  if (!kind) return <Loading />;
  return <Judged {...props} kind={kind} />;
}

function Judged({ found, refused, kind, onDecided, onGiveBack }: Judging & { kind: AnyKind }) {
  const { question } = found;
  const { t, i18n } = useTranslation(["judge", "annotate"]);
  const [value, setValue] = useState<unknown>(() => kind.empty(question));
  const [focus, setFocus] = useState<Focus>({ label: null, mark: null });
  const [reasons, setReasons] = useState<Reasons>(started);
  const [tried, setTried] = useState(false);
  const began = useRef(performance.now());
  const sent = useRef<Word>(undefined);
  const rationale = useRef<HTMLTextAreaElement>(null);
  const clause = useRef<HTMLInputElement>(null);
  const item = found;
  const template = templateOf(found.template);
  const missing = kind.problem(value as never, question);
  const fault = faultOf(reasons, template);

  const send = useMutation({
    mutationFn: () => {
      const said = {
        assignment: found.assignment,
        value: (kind.send ? kind.send(value as never, question, item) : value) as never,
        rationale: reasons.rationale.trim(),
        clauses: reasons.clauses,
        error: reasons.error,
        change_guideline: reasons.change,
        extra: reasons.extra,
        seconds: (performance.now() - began.current) / 1000,
      };
      sent.current = wordOf(said, sent.current);
      return adjudicate(sent.current);
    },
    onSuccess: ({ state, agrees }) =>
      onDecided({
        assignment: found.assignment,
        project: found.project,
        item: found.item,
        state,
        agrees,
        blind: found.blind,
      }),
  });
  const decide = () => {
    setTried(true);
    if (!missing && !fault) return send.mutate();
    if (!missing) (fault === "clauses" ? clause : rationale).current?.focus();
  };
  const letters = { rationale: free("r", question), clause: free("c", question), back: free("x", question) };
  useKeys(
    [
      { press: "Enter", does: t("decide"), run: decide },
      { press: "mod+Enter", does: t("decide"), run: decide, typing: true },
      { press: letters.rationale, does: t("reasons.rationale"), run: () => rationale.current?.focus() },
      { press: letters.clause, does: t("reasons.clauses"), run: () => clause.current?.focus() },
      { press: letters.back, does: t("giveBack"), run: onGiveBack },
      {
        press: "Escape",
        does: t("leaveField"),
        run: () => (document.activeElement as HTMLElement | null)?.blur(),
        typing: true,
      },
    ],
    send.isIdle || send.isError, // once decided, the next case is on its way
  );
  const fail = send.error ?? refused;
  const editing = { question, item, value, onChange: setValue, focus };
  const onFocus = (part: Partial<Focus>) => setFocus((now) => ({ ...now, ...part }));
  const OnItem = kind.onItem?.Part;
  const instead = kind.onItem &&
    OnItem && { part: kind.onItem.part(question), node: <OnItem {...editing} onFocus={onFocus} /> };

  return (
    <div className={classes.case}>
      <Header>
        <span className={classes.header}>
          {found.project} · {found.item}
        </span>
      </Header>
      <div className={classes.centre}>
        <Group gap="xs" className={classes.why}>
          <Badge variant="light" color={found.blind ? "gray" : "teal"} radius="sm">
            {t(`why.${found.why}`, found.why)}
          </Badge>
          <span className={classes.quiet}>
            {t(`because.${found.blind ? "blind" : found.why}`, {
              defaultValue: "",
              rule: found.rule?.replace(/^\w+\[\d+\]: \w+: /, ""),
            })}
          </span>
        </Group>
        <section aria-label={t("item")} className={classes.item}>
          <ItemView item={item} instead={instead} />
        </section>
        <Title order={1} className={classes.ask}>
          {say(found.ask, i18n.language)}
        </Title>
        <kind.Editor {...editing} onFocus={onFocus} />
        {tried && missing && (
          <p role="alert" className={classes.fault}>
            {t(`annotate:${missing.says}`, missing.with ?? {})}
          </p>
        )}
        <ReasonsForm
          reasons={reasons}
          onChange={setReasons}
          template={template}
          guideline={found.guideline}
          fault={tried ? fault : null}
          keys={letters}
          rationale={rationale}
          clause={clause}
        />
      </div>
      <aside className={classes.evidence} aria-label={t("evidence.title")}>
        <Evidence found={found} label={focus.label} />
      </aside>
      <div className={classes.bar}>
        <Button
          variant="subtle"
          color="gray"
          onClick={onGiveBack}
          leftSection={<Kbd aria-hidden>{shown(letters.back)}</Kbd>}
        >
          {t("giveBack")}
        </Button>
        <span className={classes.space} role="alert">
          {fail?.message}
        </span>
        <Button
          onClick={decide}
          loading={send.isPending || send.isSuccess}
          rightSection={<Kbd aria-hidden>{shown("mod+Enter")}</Kbd>}
        >
          {t("decide")}
        </Button>
      </div>
    </div>
  );
}
