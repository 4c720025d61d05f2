// One spec: as it stands, its history, what differs, a way to change it and a way back.
import { Anchor, Badge, Button, Group, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { me, queries } from "@/api/queries";
import { moment } from "@/shared/format";
import { Failed, Loading } from "@/shared/states";
import classes from "../project.module.css";
import { Compare } from "./compare";
import { Edit } from "./edit";
import { GoBack } from "./go_back";
import { type Kind, type Spec as Version, versions } from "./queries";
import { written } from "./written";

export function Spec() {
  const { t } = useTranslation("steer");
  const { project, kind, name } = useParams({ from: "/inside/projects/$project/specs/$kind/$name" });
  const { data, error, refetch } = useQuery(versions(project, kind as Kind, name));
  const { data: self } = useQuery(me);
  const [editing, setEditing] = useState(false);
  const { from, to } = useSearch({ from: "/inside/projects/$project/specs/$kind/$name" });
  const navigate = useNavigate({ from: "/projects/$project/specs/$kind/$name" });
  if (error) return <Failed error={error} again={refetch} />;
  const newest = data?.at(-1);
  if (!data || !newest) return <Loading />;
  const mine = self?.roles[project] ?? [];
  const may = self?.admin || mine.includes("manager") || mine.includes("steward");
  const published = async () => {
    setEditing(false);
    await queries.invalidateQueries({ queryKey: ["specs", project] });
  };
  const compare = (old: number, newer = newest.version) =>
    void navigate({ search: { from: old, to: newer }, resetScroll: false });
  return (
    <Stack gap="lg">
      <Anchor component={Link} to={`/projects/${encodeURIComponent(project)}/specs`} size="sm">
        {t("specs.back")}
      </Anchor>
      <Group justify="space-between">
        <Title order={1}>
          {kind === name ? t(`specs.kind.${kind}`) : `${t(`specs.kind.${kind}`)} · ${name}`}{" "}
          <Badge variant="default">v{newest.version}</Badge>
        </Title>
        {may && !editing && <Button onClick={() => setEditing(true)}>{t("specs.edit")}</Button>}
      </Group>
      {editing ? (
        <Edit project={project} spec={newest} onCancel={() => setEditing(false)} onPublished={published} />
      ) : (
        <pre className={classes.source} tabIndex={0}>
          {written(newest.body)}
        </pre>
      )}
      <History project={project} rows={data} may={Boolean(may)} onCompare={compare} onReverted={published} />
      {from !== undefined && (
        <Compare
          project={project}
          kind={newest.kind}
          name={name}
          old={from}
          newer={to ?? newest.version}
          versions={data.map((one) => one.version)}
          onChange={compare}
        />
      )}
    </Stack>
  );
}

interface HistoryProps {
  project: string;
  rows: Version[];
  may: boolean;
  onCompare: (version: number) => void;
  onReverted: () => Promise<void>;
}

function History({ project, rows, may, onCompare, onReverted }: HistoryProps) {
  const { t } = useTranslation("steer");
  const newest = rows.at(-1)?.version;
  const [back, setBack] = useState<Version | null>(null);
  return (
    <div>
      <Title order={2} id="history" mb="xs">
        {t("specs.history")}
      </Title>
      {back && (
        <GoBack
          project={project}
          to={back}
          onCancel={() => setBack(null)}
          onDone={async () => {
            await onReverted();
            setBack(null);
          }}
        />
      )}
      <ol className={classes.history} aria-labelledby="history" reversed>
        {rows.toReversed().map((one) => (
          <li key={one.id}>
            <strong>v{one.version}</strong>
            <span>{one.reason}</span>
            <span>
              {one.author ?? t("specs.operator")} · {moment(one.created_at)}
            </span>
            {one.version !== newest && (
              <Group gap={4} wrap="nowrap">
                <Button size="compact-sm" variant="default" onClick={() => onCompare(one.version)}>
                  {t("specs.compare", { version: one.version })}
                </Button>
                {may && (
                  <Button size="compact-sm" variant="default" onClick={() => setBack(one)}>
                    {t("specs.revert", { version: one.version })}
                  </Button>
                )}
              </Group>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
