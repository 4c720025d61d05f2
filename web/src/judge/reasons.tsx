// The template: why, by which clause, what went wrong, and whether the guideline should change.
import {
  Chip,
  Group,
  Kbd,
  MultiSelect,
  NumberInput,
  Select,
  Switch,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { shown } from "@/annotate/hotkeys";
import { say, type Words } from "@/annotate/task";
import classes from "./judge.module.css";
import type { Case } from "./queue";

export interface Reasons {
  readonly rationale: string;
  readonly clauses: string[];
  readonly error: string | null;
  readonly change: boolean;
  readonly extra: Record<string, unknown>;
}

export const started: Reasons = { rationale: "", clauses: [], error: null, change: false, extra: {} };

interface Named {
  id: string;
  title?: Words;
  description?: Words;
}

interface Field {
  kind: string;
  title?: Words;
  classes?: (Named | string)[];
  points?: (Named | string)[];
}

export interface Template {
  readonly least: number;
  readonly clauses: boolean;
  readonly errors: readonly Named[];
  readonly help: Words;
  readonly fields: Readonly<Record<string, Field>>;
}

/** The template's body with what it leaves out. */
export function templateOf(body: unknown): Template {
  const written = (body ?? {}) as Record<string, unknown>;
  return {
    least: Number(written.rationale_min ?? 1),
    clauses: written.clauses === true,
    errors: (written.errors ?? []) as Named[],
    help: (written.help ?? "") as Words,
    fields: (written.fields ?? {}) as Record<string, Field>,
  };
}

export type Fault = "rationale" | "clauses";

/** What the template still asks for. The server checks again. */
export function faultOf(reasons: Reasons, template: Template): Fault | null {
  if ([...reasons.rationale.trim()].length < template.least) return "rationale";
  return template.clauses && reasons.clauses.length === 0 ? "clauses" : null;
}

interface Form {
  reasons: Reasons;
  onChange: (reasons: Reasons) => void;
  template: Template;
  guideline: Case["guideline"];
  fault: Fault | null;
  keys: { rationale: string; clause: string };
  rationale: Ref<HTMLTextAreaElement>;
  clause: Ref<HTMLInputElement>;
}

export function ReasonsForm({
  reasons,
  onChange,
  template,
  guideline,
  fault,
  keys,
  rationale,
  clause,
}: Form) {
  const { t, i18n } = useTranslation("judge");
  const set = (part: Partial<Reasons>) => onChange({ ...reasons, ...part });
  const words = (written: Words | undefined, id: string) => say(written, i18n.language) || id;
  const clauses = (guideline?.clauses ?? []).flatMap((one) =>
    one.id === null ? [] : [{ value: one.id, label: `§${one.id} ${one.title}` }],
  );
  return (
    <section className={classes.reasons} aria-label={t("reasons.title")}>
      {say(template.help, i18n.language) && (
        <Text size="sm" c="dimmed">
          {say(template.help, i18n.language)}
        </Text>
      )}
      <Textarea
        ref={rationale}
        label={t("reasons.rationale")}
        description={
          <span>
            {t("reasons.rationaleHelp")}{" "}
            <Kbd size="xs" aria-hidden>
              {shown(keys.rationale)}
            </Kbd>
          </span>
        }
        required
        autosize
        minRows={2}
        maxRows={6}
        maxLength={20_000}
        value={reasons.rationale}
        onChange={(event) => set({ rationale: event.currentTarget.value })}
        error={fault === "rationale" && t("reasons.tooShort", { count: template.least })}
      />
      {clauses.length > 0 && (
        <MultiSelect
          ref={clause}
          label={t("reasons.clauses")}
          description={
            <span>
              {t("reasons.clausesHelp")}{" "}
              <Kbd size="xs" aria-hidden>
                {shown(keys.clause)}
              </Kbd>
            </span>
          }
          required={template.clauses}
          data={clauses}
          value={reasons.clauses}
          onChange={(chosen) => set({ clauses: chosen })}
          searchable
          hidePickedOptions
          maxDropdownHeight={240}
          styles={{ inputField: { minHeight: "1.5rem" } }}
          nothingFoundMessage={t("reasons.noClause")}
          error={fault === "clauses" && t("reasons.cite")}
        />
      )}
      {template.errors.length > 0 && (
        <fieldset className={classes.errors}>
          <legend>{t("reasons.error")}</legend>
          <Chip.Group value={reasons.error ?? ""} onChange={(error) => set({ error: String(error) || null })}>
            <Group gap="xs">
              <Chip value="" size="sm" variant="outline">
                {t("reasons.noError")}
              </Chip>
              {template.errors.map((one) => (
                <Chip key={one.id} value={one.id} size="sm" variant="outline">
                  <span title={say(one.description, i18n.language) || undefined}>
                    {words(one.title, one.id)}
                  </span>
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </fieldset>
      )}
      {Object.entries(template.fields).map(([name, field]) => (
        <Further
          key={name}
          name={words(field.title, name)}
          field={field}
          value={reasons.extra[name]}
          onChange={(value) => set({ extra: { ...reasons.extra, [name]: value } })}
        />
      ))}
      <Switch
        size="md"
        label={t("reasons.change")}
        checked={reasons.change}
        onChange={(event) => set({ change: event.currentTarget.checked })}
      />
    </section>
  );
}

interface FurtherProps {
  name: string;
  field: Field;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** A further question of the template. */
function Further({ name, field, value, onChange }: FurtherProps) {
  const { i18n } = useTranslation("judge");
  const options = (field.classes ?? field.points ?? []).map((one) =>
    typeof one === "string"
      ? { value: one, label: one }
      : { value: one.id, label: say(one.title, i18n.language) || one.id },
  );
  if (field.kind === "choices")
    return <MultiSelect label={name} data={options} value={(value as string[]) ?? []} onChange={onChange} />;
  if (options.length > 0)
    return <Select label={name} data={options} value={(value as string) ?? null} onChange={onChange} />;
  if (field.kind === "number")
    return <NumberInput label={name} value={(value as number) ?? ""} onChange={onChange} />;
  return (
    <TextInput
      label={name}
      value={(value as string) ?? ""}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
