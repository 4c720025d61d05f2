import { Code, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Shapes } from "@/api/client";
import { Failed, Loading } from "@/shared/states";
import classes from "../project.module.css";
import { differences, type Kind } from "./queries";
import { written } from "./written";

interface Props {
  project: string;
  kind: Kind;
  name: string;
  old: number;
  newer: number;
}

/** What differs between two versions, side by side. */
export function Compare({ project, kind, name, old, newer }: Props) {
  const { t } = useTranslation("steer");
  const { data, error } = useQuery(differences(project, kind, name, old, newer));
  if (error) return <Failed error={error} />;
  if (!data) return <Loading />;
  return (
    <section aria-labelledby="compare">
      <Title order={2} id="compare" mb="xs">
        {t("specs.compared", { old, newer })}
      </Title>
      <Differences rows={data.differences} />
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

/** A unified diff of a text. The signs at the start of lines say without colour what came and went. */
function Lines({ lines }: { lines: string[] }) {
  return (
    <pre className={classes.lines} tabIndex={0}>
      {lines.map((line, position) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other name
        <span key={position} data-sign={line[0]}>
          {line}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}
