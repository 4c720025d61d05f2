import { Anchor, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { me } from "@/api/queries";
import { ago } from "@/shared/format";
import { Failed, Loading } from "@/shared/states";
import { clarificationsOf } from "../findings/reads";
import classes from "../project.module.css";
import { inForce } from "./queries";

/** Every spec of a project at its newest version: who wrote it, when, why. */
export function Specs() {
  const { t } = useTranslation("steer");
  const { project } = useParams({ from: "/inside/projects/$project" });
  const { data, error, refetch } = useQuery(inForce(project));
  if (error) return <Failed error={error} again={refetch} />;
  if (!data) return <Loading />;
  return (
    <>
      <Title order={1} mb="md">
        {t("specs.title")}
      </Title>
      <Asked project={project} />
      <div className={classes.wide}>
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              {(["spec", "version", "reason", "author", "age"] as const).map((one) => (
                <Table.Th key={one} data-column={one}>
                  {t(`specs.${one}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.map((spec) => (
              <Table.Tr key={spec.id}>
                <Table.Th scope="row">
                  <Anchor
                    component={Link}
                    to={`/projects/${encodeURIComponent(project)}/specs/${spec.kind}/${encodeURIComponent(spec.name)}`}
                  >
                    {spec.kind === spec.name
                      ? t(`specs.kind.${spec.kind}`)
                      : `${t(`specs.kind.${spec.kind}`)} · ${spec.name}`}
                  </Anchor>
                </Table.Th>
                <Table.Td>{spec.version}</Table.Td>
                <Table.Td>
                  {spec.reason}
                  <span className={classes.narrow}>
                    {spec.author ?? t("specs.operator")} · {ago(spec.created_at)}
                  </span>
                </Table.Td>
                <Table.Td data-column="author">{spec.author ?? t("specs.operator")}</Table.Td>
                <Table.Td data-column="age">{ago(spec.created_at)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </>
  );
}

/** The way to what stewards are asked to clarify, for those who may read it. */
function Asked({ project }: { project: string }) {
  const { t } = useTranslation("steer");
  const { data: self } = useQuery(me);
  const mine = self?.roles[project] ?? [];
  const may = Boolean(
    self?.admin || mine.some((one) => ["manager", "steward", "auditor", "expert"].includes(one)),
  );
  const { data } = useQuery({ ...clarificationsOf(project), enabled: may });
  if (!may || !data) return null;
  const open = data.filter((one) => one.state === "open").length;
  return (
    <Text mb="md">
      <Anchor component={Link} to="/projects/$project/clarifications" params={{ project } as never}>
        {t("clarify.title")}
      </Anchor>{" "}
      {t("clarify.open", { count: open })}
    </Text>
  );
}
