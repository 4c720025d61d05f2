// When one works: a week of spans in one's own time zone, and the days that one is away.
import { Button, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { queries } from "@/api/queries";
import { Failed, Loading } from "@/shared/states";
import { Bar, DAYS, type Day, dayName, type Span } from "@/shared/week";
import classes from "./hours.module.css";

type Said = Shapes["HoursSaid"];
const WORKDAYS: readonly Day[] = ["mon", "tue", "wed", "thu", "fri"];

const mine = queryOptions({ queryKey: ["hours"], queryFn: () => ask(api.GET("/api/v1/me/hours")) });
const refresh = () => queries.invalidateQueries({ queryKey: mine.queryKey });

function usual(): Said {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const office = [{ from: "09:00", to: "17:00" }];
  return { zone: timeZone, week: Object.fromEntries(WORKDAYS.map((day) => [day, office])), away: [] };
}

export function WorkingHours() {
  const { t } = useTranslation("account");
  const { data, error, refetch } = useQuery(mine);
  const [begun, setBegun] = useState(false);
  return (
    <section aria-labelledby="hours">
      <Title order={2} id="hours">
        {t("hours.title")}
      </Title>
      <Text c="dimmed" mb="sm">
        {t("hours.about")}
      </Text>
      {error ? (
        <Failed error={error} again={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : data.hours || begun ? (
        <Week
          key={JSON.stringify(data.hours)}
          said={data.hours ?? usual()}
          kept={data.hours !== null}
          onGone={() => setBegun(false)}
        />
      ) : (
        <Stack align="flex-start" gap="xs">
          <Text>{t("hours.none")}</Text>
          <Button variant="default" onClick={() => setBegun(true)}>
            {t("hours.begin")}
          </Button>
        </Stack>
      )}
    </section>
  );
}

function Week({ said, kept, onGone }: { said: Said; kept: boolean; onGone: () => void }) {
  const { t } = useTranslation("account");
  const [draft, setDraft] = useState(said);
  const save = useMutation({
    mutationFn: () => ask(api.PUT("/api/v1/me/hours", { body: draft })),
    onSuccess: refresh,
  });
  const forget = useMutation({
    mutationFn: () => ask(api.DELETE("/api/v1/me/hours")),
    onSuccess: () => {
      onGone();
      return refresh();
    },
  });
  const set = (day: Day, spans: readonly Span[]) =>
    setDraft({ ...draft, week: { ...draft.week, [day]: [...spans] } });
  const like = () =>
    setDraft({
      ...draft,
      week: { ...draft.week, ...Object.fromEntries(WORKDAYS.map((day) => [day, draft.week.mon ?? []])) },
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack align="stretch" gap="md">
        <Select
          className={classes.zone}
          label={t("hours.zone")}
          description={t("hours.zoneHelp")}
          data={[...new Set([...Intl.supportedValuesOf("timeZone"), "UTC", draft.zone])]}
          value={draft.zone}
          searchable
          limit={60}
          allowDeselect={false}
          onChange={(zone) => zone && setDraft({ ...draft, zone })}
        />
        <ul className={classes.week} aria-label={t("hours.week")}>
          {DAYS.map((day) => (
            <DayRow key={day} day={day} spans={draft.week[day] ?? []} onChange={(spans) => set(day, spans)} />
          ))}
        </ul>
        <Group>
          <Button variant="default" size="compact-md" onClick={like}>
            {t("hours.like")}
          </Button>
        </Group>
        <Away away={draft.away ?? []} onChange={(away) => setDraft({ ...draft, away })} />
        <div aria-live="polite">
          {save.isSuccess && <Text>{t("hours.saved")}</Text>}
          {save.error && <Text c="var(--danger)">{save.error.message}</Text>}
        </div>
        <Group>
          <Button type="submit" loading={save.isPending}>
            {t("hours.save")}
          </Button>
          <Button
            variant="default"
            loading={forget.isPending}
            onClick={() => (kept ? forget.mutate() : onGone())}
          >
            {t("hours.forget")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface Row {
  day: Day;
  spans: readonly Span[];
  onChange: (spans: readonly Span[]) => void;
}

function DayRow({ day, spans, onChange }: Row) {
  const { t, i18n } = useTranslation("account");
  const name = dayName(day, i18n.language);
  const put = (place: number, span: Span) => onChange(spans.map((one, at) => (at === place ? span : one)));
  return (
    <li className={classes.day}>
      <span className={classes.name}>{name}</span>
      <Bar spans={spans} />
      <div className={classes.spans}>
        {spans.length === 0 && <span className={classes.free}>{t("hours.free")}</span>}
        {spans.map((span, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a span is known by its place
          <span key={place} className={classes.span}>
            {(["from", "to"] as const).map((end) => (
              <Time
                key={end}
                label={t(`hours.${end}`, { day: name, place: place + 1 })}
                value={span[end]}
                onChange={(value) => put(place, { ...span, [end]: value })}
              />
            ))}
            <Button
              size="compact-sm"
              variant="subtle"
              aria-label={t("hours.remove", { day: name, place: place + 1 })}
              onClick={() => onChange(spans.filter((_, at) => at !== place))}
            >
              ×
            </Button>
          </span>
        ))}
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t("hours.addTo", { day: name })}
          onClick={() => onChange([...spans, next(spans)])}
        >
          {t("hours.add")}
        </Button>
      </div>
    </li>
  );
}

/** A time of day. The browser keeps what is typed of it, which is no time yet; only a whole one is passed on. */
function Time({ label, value, onChange }: { label: string; value: string; onChange: (to: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const input = field.current;
    if (input && input !== document.activeElement) input.value = value;
  }, [value]);
  return (
    <input
      ref={field}
      type="time"
      required
      className={classes.time}
      aria-label={label}
      defaultValue={value}
      onChange={(event) => event.currentTarget.value && onChange(event.currentTarget.value)}
    />
  );
}

/** The span that one most likely adds: the office's hours, or an hour after the last. */
function next(spans: readonly Span[]): Span {
  const last = spans.at(-1)?.to;
  if (!last) return { from: "09:00", to: "17:00" };
  const hour = Math.min(Number(last.slice(0, 2)) + 1, 22);
  const write = (one: number) => `${String(one).padStart(2, "0")}:00`;
  return { from: write(hour), to: write(hour + 1) };
}

function Away({ away, onChange }: { away: readonly Span[]; onChange: (away: Span[]) => void }) {
  const { t } = useTranslation("account");
  const [first, setFirst] = useState("");
  const [last, setLast] = useState("");
  const add = () => {
    onChange([...away, { from: first, to: last || first }].sort((a, b) => (a.from < b.from ? -1 : 1)));
    setFirst("");
    setLast("");
  };
  return (
    <fieldset className={classes.away}>
      <legend>{t("hours.away")}</legend>
      <ul className={classes.plain}>
        {away.map((one) => (
          <li key={`${one.from} ${one.to}`}>
            {one.from === one.to ? one.from : `${one.from} – ${one.to}`}{" "}
            <Button
              size="compact-sm"
              variant="subtle"
              aria-label={t("hours.back", { from: one.from })}
              onClick={() => onChange(away.filter((other) => other !== one))}
            >
              ×
            </Button>
          </li>
        ))}
      </ul>
      <Group align="flex-end" gap="xs">
        <TextInput
          type="date"
          label={t("hours.first")}
          value={first}
          onChange={(event) => setFirst(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t("hours.last")}
          min={first}
          value={last}
          onChange={(event) => setLast(event.currentTarget.value)}
        />
        <Button variant="default" disabled={!first} onClick={add}>
          {t("hours.addAway")}
        </Button>
      </Group>
    </fieldset>
  );
}
