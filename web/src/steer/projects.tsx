import { Anchor, Button, Group, Stack, Table, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { me, projects } from "@/api/queries";
import { count } from "@/shared/format";
import { Empty, Failed, Loading } from "@/shared/states";
import classes from "./project.module.css";
import { homeOf } from "./reads";

const STEERS = ["manager", "steward", "auditor"];

/** How far a project is, and whether it needs somebody. */
function Stands({ project }: { project: string }) {
  const { t } = useTranslation("steer");
  const { data: home } = useQuery(homeOf(project));
  if (!home) return null;
  const { decided, needs } = home;
  return (
    <>
      {t("sentence.decided", { value: count(decided.value), total: count(decided.total) })}
      {needs.length > 0 && <b>{` · ${t("projects.needs", { count: needs.length })}`}</b>}
    </>
  );
}

/** The projects that one can see, and the way to a new one. */
export function Projects() {
  const { t } = useTranslation("steer");
  const { data, error, refetch } = useQuery(projects);
  const { data: self } = useQuery(me);
  const add = self?.admin && (
    <Button component={Link} to="/new">
      {t("projects.new")}
    </Button>
  );
  if (error) return <Failed error={error} again={refetch} />;
  if (!data) return <Loading />;
  if (data.length === 0)
    return (
      <Empty whole title={t("projects.none")} action={add}>
        {t("projects.noneWhy")}
      </Empty>
    );
  return (
    <Stack className={classes.page}>
      <Group justify="space-between">
        <Title order={1}>{t("projects.title")}</Title>
        {add}
      </Group>
      <div className={classes.wide}>
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("projects.name")}</Table.Th>
              <Table.Th>{t("projects.stands")}</Table.Th>
              <Table.Th>{t("projects.roles")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.map((one) => (
              <Table.Tr key={one.name}>
                <Table.Th scope="row">
                  <Anchor component={Link} to={`/projects/${encodeURIComponent(one.name)}`}>
                    {one.name}
                  </Anchor>
                </Table.Th>
                <Table.Td>
                  {(self?.admin || one.roles.some((role) => STEERS.includes(role))) && (
                    <Stands project={one.name} />
                  )}
                </Table.Td>
                <Table.Td>
                  {one.roles.map((role) => t(`role.${role}`)).join(", ") || t("role.admin")}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Stack>
  );
}
