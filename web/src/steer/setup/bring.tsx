// Step one: a name, and the items, by a file or by pasting.
import { Button, FileButton, Group, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorded } from "@/problems/worded";
import { count } from "@/shared/format";
import { type Brought, bring, lines, look, type Seen } from "./draft";
import type { StepProps } from "./setup";
import classes from "./setup.module.css";

interface Props extends StepProps {
  brought: Brought | null;
  seen: Seen | null;
  onBrought: (brought: Brought | null, seen: Seen | null) => void;
}

const TAKES =
  ".csv,.tsv,.jsonl,.ndjson,.json,.txt,image/png,image/jpeg,image/gif,image/webp,audio/mpeg,audio/wav,audio/ogg";

export function Bring({ plan, set, brought, seen, onBrought }: Props) {
  const { t } = useTranslation("steer");
  const [over, setOver] = useState(false);
  const [pasted, setPasted] = useState("");
  const take = useMutation({
    mutationFn: async (what: Brought) => [what, await look(what)] as const,
    onSuccess: ([what, found]) => onBrought(what, found),
  });
  const drop = useMutation({
    mutationFn: (files: readonly File[]) => bring(files, t("setup.unreadable")),
    onSuccess: (what) => take.mutate(what),
  });
  const error = drop.error ?? take.error;
  return (
    <>
      <TextInput
        label={t("setup.name")}
        description={t("setup.nameHelp")}
        required
        autoFocus
        maxLength={100}
        value={plan.name}
        onChange={({ currentTarget: { value } }) => set({ name: value.replace(/[^\p{L}\p{N}_.\- ]/gu, "") })}
      />
      <TextInput
        label={t("setup.objective")}
        description={t("setup.objectiveHelp")}
        value={plan.objective}
        onChange={({ currentTarget: { value } }) => set({ objective: value })}
      />
      <fieldset
        className={classes.drop}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          drop.mutate([...event.dataTransfer.files]);
        }}
      >
        <legend>{t("setup.items")}</legend>
        <Text size="sm">{t("setup.dropHelp")}</Text>
        <Group>
          <FileButton onChange={(files) => files.length > 0 && drop.mutate(files)} accept={TAKES} multiple>
            {(props) => (
              <Button variant="default" {...props} loading={drop.isPending || take.isPending}>
                {t("setup.choose")}
              </Button>
            )}
          </FileButton>
          <Text size="sm" role="status">
            {brought?.as === "media" && t("setup.files", { count: brought.files.length })}
            {seen && t("setup.rows", { count: seen.rows - seen.rejected })}
          </Text>
        </Group>
        <Textarea
          label={t("setup.paste")}
          autosize
          minRows={2}
          maxRows={6}
          value={pasted}
          onChange={(event) => setPasted(event.currentTarget.value)}
          onBlur={() => {
            if (!pasted.trim()) return;
            const text = lines(pasted, "", t("setup.unreadable"));
            take.mutate({ as: "rows", type: "application/x-ndjson", text, name: t("setup.pasted") });
          }}
        />
      </fieldset>
      {error && (
        <Text role="alert" className={classes.fault}>
          {error.message}
        </Text>
      )}
      {seen && <First seen={seen} />}
    </>
  );
}

function First({ seen }: { seen: Seen }) {
  const { t } = useTranslation("steer");
  const worded = useWorded();
  const fields = Object.keys(seen.fields).slice(0, 6);
  return (
    <>
      {seen.rejected > 0 && (
        <Text role="alert" className={classes.fault}>
          {t("setup.rejected", { count: seen.rejected })}{" "}
          {seen.first_rejects[0] &&
            t("setup.rejectedFirst", {
              line: count(seen.first_rejects[0].line),
              reason: worded(seen.first_rejects[0].said, seen.first_rejects[0].reason),
            })}
        </Text>
      )}
      <section className={classes.wide} aria-label={t("setup.firstRows")} tabIndex={0}>
        <table className={classes.table}>
          <caption>{t("setup.firstRows")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("setup.key")}</th>
              {fields.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {seen.first.slice(0, 5).map((row) => (
              <tr key={row.line}>
                <th scope="row">{row.key}</th>
                {fields.map((name) => {
                  const value = (row.body as Record<string, unknown>)[name];
                  return <td key={name}>{typeof value === "string" ? value : JSON.stringify(value)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
