// One spec: as it stands, its history, what differs, a way to change it and a way back.
import { Anchor, Badge, Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { me, queries } from "@/api/queries";
import { moment } from "@/shared/format";
import { Failed, Loading } from "@/shared/states";
import classes from "../project.module.css";
import { Compare } from "./compare";
import { Edit } from "./edit";
import { type Kind, type Spec as Version, versions } from "./queries";
import { written } from "./written";

export function Spec() {
  const { t } = useTranslation("steer");
  const { project, kind, name } = useParams({ from: "/inside/projects/$project/specs/$kind/$name" });
  const { data, error, refetch } = useQuery(versions(project, kind as Kind, name));
  const { data: self } = useQuery(me);
  const [editing, setEditing] = useState(false);
  const [old, setOld] = useState<number>();
  if (error) return <Failed error={error} again={refetch} />;
  const newest = data?.at(-1);
  if (!data || !newest) return <Loading />;
  const mine = self?.roles[project] ?? [];
  const may = self?.admin || mine.includes("manager") || mine.includes("steward");
  const published = async () => {
    setEditing(false);
    await queries.invalidateQueries({ queryKey: ["specs", project] });
  };
  return (
    <Stack gap="lg">
      <Anchor component={Link} to={`/projects/${encodeURIComponent(project)}/specs`} size="sm">
        {t("specs.back")}
      </Anchor>
      <Group justify="space-between">
        <Title order={1}>
          {kind === name ? t(`specs.kind.${kind}`) : `${t(`specs.kind.${kind}`)} · ${name}`}{" "}
          <Badge variant="default" tt="none">
            v{newest.version}
          </Badge>
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
      <History project={project} rows={data} may={Boolean(may)} onCompare={setOld} onReverted={published} />
      {old !== undefined && (
        <Compare project={project} kind={newest.kind} name={name} old={old} newer={newest.version} />
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
  const revert = useMutation({
    mutationFn: ({ kind, name, version }: Version) =>
      ask(
        api.POST("/api/v1/projects/{project}/specs/{kind}/{name}/revert", {
          params: { path: { project, kind, name }, query: { version } },
        }),
      ),
    onSuccess: onReverted,
  });
  return (
    <div>
      <Title order={2} id="history" mb="xs">
        {t("specs.history")}
      </Title>
      {revert.error && (
        <Text role="alert" c="var(--danger)">
          {revert.error.message}
        </Text>
      )}
      <section className={classes.wide} tabIndex={0} aria-labelledby="history">
        <Table className={classes.history}>
          <Table.Tbody>
            {rows.toReversed().map((one) => (
              <Table.Tr key={one.id}>
                <Table.Th scope="row">v{one.version}</Table.Th>
                <Table.Td>{one.reason}</Table.Td>
                <Table.Td>{one.author ?? t("specs.operator")}</Table.Td>
                <Table.Td>{moment(one.created_at)}</Table.Td>
                <Table.Td align="right">
                  {one.version !== newest && (
                    <Group gap={4} justify="flex-end" wrap="nowrap">
                      <Button size="compact-sm" variant="default" onClick={() => onCompare(one.version)}>
                        {t("specs.compare", { version: one.version })}
                      </Button>
                      {may && (
                        <Button
                          size="compact-sm"
                          variant="default"
                          loading={revert.isPending && revert.variables.version === one.version}
                          onClick={() => revert.mutate(one)}
                        >
                          {t("specs.revert", { version: one.version })}
                        </Button>
                      )}
                    </Group>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </div>
  );
}
