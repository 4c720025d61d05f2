import { Code, Group, Select, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Shapes } from "@/api/client";
import { Failed, Loading } from "@/shared/states";
import classes from "../project.module.css";
import { type Line, pairsOf } from "./pairs";
import { differences, type Kind } from "./queries";
import { written } from "./written";

interface Props {
  project: string;
  kind: Kind;
  name: string;
  old: number;
  newer: number;
  versions: number[];
  onChange: (old: number, newer: number) => void;
}

/** What differs between two versions, side by side. */
export function Compare({ project, kind, name, old, newer, versions, onChange }: Props) {
  const { t } = useTranslation("steer");
  const { data, error } = useQuery(differences(project, kind, name, old, newer));
  const place = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was asked for comes in sight
  useEffect(() => {
    place.current?.scrollIntoView({ block: "nearest" });
  }, [data]);
  const choices = versions.map((one) => ({ value: String(one), label: `v${one}` }));
  const side = (words: string, at: number, set: (version: number) => void) => (
    <Select
      aria-label={words}
      size="xs"
      w={84}
      data={choices}
      value={String(at)}
      onChange={(value) => value && set(Number(value))}
      allowDeselect={false}
    />
  );
  return (
    <section aria-labelledby="compare" ref={place}>
      <Group justify="space-between" mb="xs">
        <Title order={2} id="compare">
          {t("specs.compared", { old, newer })}
        </Title>
        {versions.length > 2 && (
          <Group gap={4}>
            {side(t("specs.from"), old, (version) => onChange(version, newer))} →
            {side(t("specs.until"), newer, (version) => onChange(old, version))}
          </Group>
        )}
      </Group>
      {error ? <Failed error={error} /> : data ? <Differences rows={data.differences} /> : <Loading />}
    </section>
  );
}

export function Differences({ rows }: { rows: Shapes["Difference"][] }) {
  const { t } = useTranslation("steer");
  if (rows.length === 0) return <Text c="dimmed">{t("specs.same")}</Text>;
  return (
    <Stack gap="sm">
      {rows.map((one) => (
        <div key={one.at}>
          <Text size="sm">
            <Code>{one.at || "."}</Code> {t(`specs.what.${one.what}`)}
          </Text>
          {one.lines && one.lines.length > 0 ? <Lines lines={one.lines} /> : <Sides one={one} />}
        </div>
      ))}
    </Stack>
  );
}

function Sides({ one }: { one: Shapes["Difference"] }) {
  const { t } = useTranslation("steer");
  return (
    <div className={classes.sides}>
      <pre className={classes.old}>
        <span className={classes.sign}>{t("specs.was")}</span>
        {one.old == null ? "–" : written(one.old)}
      </pre>
      <pre className={classes.new}>
        <span className={classes.sign}>{t("specs.is")}</span>
        {one.new == null ? "–" : written(one.new)}
      </pre>
    </div>
  );
}

/** Two versions of a text side by side. The signs at the start of lines say without colour what came and went. */
function Lines({ lines }: { lines: string[] }) {
  const { t } = useTranslation("steer");
  const at = useId();
  return (
    <section className={classes.lines} tabIndex={0} aria-labelledby={`${at}was ${at}is`}>
      <div className={classes.pair} data-what="head">
        <span id={`${at}was`}>{t("specs.was")}</span>
        <span id={`${at}is`}>{t("specs.is")}</span>
      </div>
      {pairsOf(lines).map((pair, position) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other name
        <div key={position} className={classes.pair} data-what={pair.what}>
          <Side line={pair.old} sign={pair.what === "changed" ? "−" : " "} />
          <Side line={pair.new} sign={pair.what === "changed" ? "+" : " "} />
        </div>
      ))}
    </section>
  );
}

function Side({ line, sign }: { line: Line; sign: string }) {
  if (!line) return <span data-none />;
  const [before, changed, after] = line;
  return (
    <span data-sign={sign}>
      {`${sign} ${before}`}
      {changed && <mark>{changed}</mark>}
      {after}
    </span>
  );
}
