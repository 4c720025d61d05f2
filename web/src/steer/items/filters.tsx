// What narrows the list. Everything is in the address, so that a list can be shared.
import { Button, NumberInput, Pill, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, type Ref, useState } from "react";
import { useTranslation } from "react-i18next";
import { guideOf } from "@/annotate/guide";
import { say } from "@/annotate/task";
import { named } from "@/findings/says";
import { moment } from "@/shared/format";
import { annotatorOf } from "../people/reads";
import { homeOf } from "../reads";
import classes from "./items.module.css";
import type { Filters } from "./pages";

interface Bar {
  filters: Filters;
  onChange: (filters: Filters) => void;
  project: string;
  search: Ref<HTMLInputElement>;
}

const STATES = ["waiting", "open", "contested", "decided", "retired"] as const;
const KINDS = ["crowd", "expert", "model", "gold"] as const;
const CASES = ["any", "undecided", "risky", "costly", "dispute", "second_opinion", "skips", "rule"] as const;
const SORTS = ["key", "confidence", "-confidence", "-decided"] as const;

export function FilterBar({ filters, onChange, project, search }: Bar) {
  const { t, i18n } = useTranslation("steer");
  const { t: f } = useTranslation("findings");
  const { data: guide } = useQuery(guideOf(project));
  const { data: home } = useQuery(homeOf(project));
  const set = (part: Partial<Filters>) => {
    const next = { ...filters, ...part };
    onChange(
      Object.fromEntries(
        Object.entries(next).filter(([, one]) => one !== undefined && one !== ""),
      ) as Filters,
    );
  };
  const later = useDebouncedCallback(set, 250);
  const labels = new Map(
    (guide?.steps ?? []).flatMap(({ question }) =>
      question.classes.map((one) => [one.id, say(one.title, i18n.language) || one.id] as const),
    ),
  );
  const options = (names: readonly string[], prefix: string) =>
    names.map((value) => ({ value, label: t(`${prefix}.${value}` as "state.open") }));
  const chosen = (name: keyof Filters) => (value: string | null) => set({ [name]: value ?? undefined });
  const used = Object.keys(filters).length > 0;
  const narrowed = Object.keys(filters).filter((name) => name !== "q").length;
  const [open, setOpen] = useState(false);
  return (
    <search className={classes.filters} data-open={open || undefined}>
      <TextInput
        ref={search}
        key={`q${filters.q ?? ""}`}
        type="search"
        aria-label={t("items.search")}
        placeholder={t("items.search")}
        defaultValue={filters.q ?? ""}
        onChange={(event) => later({ q: event.currentTarget.value })}
        autoFocus={Boolean(filters.q)}
        className={classes.search}
      />
      <Button
        variant="default"
        className={classes.toggle}
        onClick={() => setOpen(!open)}
        aria-expanded={open}
      >
        {narrowed > 0 ? t("items.filtered", { count: narrowed }) : t("items.filters")}
      </Button>
      <Select
        aria-label={t("items.filter.state")}
        placeholder={t("items.filter.state")}
        data={options(STATES, "state")}
        value={filters.state ?? null}
        onChange={chosen("state")}
        clearable
      />
      <Select
        aria-label={t("items.filter.class")}
        placeholder={t("items.filter.class")}
        data={[...labels].map(([value, label]) => ({ value, label }))}
        value={filters.class ?? null}
        onChange={chosen("class")}
        clearable
        searchable
      />
      <Select
        aria-label={t("items.filter.kind")}
        placeholder={t("items.filter.kind")}
        data={options(KINDS, "by")}
        value={filters.kind ?? null}
        onChange={chosen("kind")}
        clearable
      />
      <Select
        aria-label={t("items.filter.case")}
        placeholder={t("items.filter.case")}
        data={options(CASES, "case")}
        value={filters.case ?? null}
        onChange={chosen("case")}
        clearable
      />
      <NumberInput
        key={`max${filters.max_confidence}`}
        aria-label={t("items.filter.max")}
        placeholder={t("items.filter.max")}
        suffix=" %"
        min={0}
        max={100}
        hideControls
        defaultValue={filters.max_confidence === undefined ? "" : Math.round(filters.max_confidence * 100)}
        onChange={(value) => later({ max_confidence: value === "" ? undefined : Number(value) / 100 })}
      />
      <Select
        aria-label={t("items.filter.finding")}
        placeholder={t("items.filter.finding")}
        data={[
          ...new Set([...Object.keys(home?.noticed ?? {}), ...(filters.finding ? [filters.finding] : [])]),
        ].map((value) => ({ value, label: named(value, f) }))}
        value={filters.finding ?? null}
        onChange={chosen("finding")}
        clearable
        searchable
      />
      <TextInput
        key={`attribute${filters.attribute}`}
        aria-label={t("items.filter.attribute")}
        placeholder={t("items.filter.attribute")}
        defaultValue={filters.attribute?.[0] ?? ""}
        onChange={({ currentTarget: { value } }) =>
          later({ attribute: value.includes("=") ? [value] : undefined })
        }
      />
      <Select
        className={classes.order}
        aria-label={t("items.filter.sort")}
        data={SORTS.map((value) => ({ value, label: t(`items.sort.${value}`) }))}
        value={filters.sort ?? "key"}
        onChange={(value) => set({ sort: value === "key" ? undefined : (value ?? undefined) })}
        allowDeselect={false}
      />
      {used && (
        <Linked filters={filters} project={project} onClear={set}>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => onChange({})}>
            {t("items.clear")}
          </Button>
        </Linked>
      )}
    </search>
  );
}

interface Linking {
  filters: Filters;
  project: string;
  onClear: (part: Partial<Filters>) => void;
  children: ReactNode;
}

/** What there is no field for, since it comes with a link: who answered, what they said, what is in force. */
function Linked({ filters, project, onClear, children }: Linking) {
  const { t } = useTranslation("steer");
  const { annotator, said, value, step, judgements, decided_from, decided_to } = filters;
  const { data: person } = useQuery({
    ...annotatorOf(project, annotator ?? ""),
    enabled: annotator !== undefined,
  });
  const told: [string | number | undefined, string, Partial<Filters>][] = [
    [
      annotator,
      t("items.filter.answered", { who: person?.name ?? annotator }),
      { annotator: undefined, said: undefined },
    ],
    [said, t(`items.filter.${annotator ? "said" : "anybody"}`, { said }), { said: undefined }],
    [judgements, t("items.filter.judgements", { count: judgements ?? 0 }), { judgements: undefined }],
    [
      decided_to,
      decided_from && decided_to
        ? t("items.filter.decided", { from: moment(decided_from), to: moment(decided_to) })
        : "",
      { decided_from: undefined, decided_to: undefined },
    ],
    [value, t("items.filter.value", { value }), { value: undefined }],
    [step, t("items.filter.step", { step }), { step: undefined }],
  ];
  return (
    <Pill.Group className={classes.pills}>
      {told.map(
        ([given, words, without]) =>
          given !== undefined && (
            <Pill
              key={words}
              size="lg"
              withRemoveButton
              removeButtonProps={{ "aria-label": t("items.without", { words }) }}
              onRemove={() => onClear(without)}
            >
              {words}
            </Pill>
          ),
      )}
      {children}
    </Pill.Group>
  );
}
