// What publishing would do: to the labels in force, at what cost, and what differs; or why it cannot be published.
import { Alert, Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Shapes } from "@/api/client";
import { Wording } from "@/problems/wording";
import { count, money } from "@/shared/format";
import { Differences } from "./compare";

export function Effect({ found }: { found: Shapes["Previewed"] }) {
  const { t } = useTranslation("steer");
  return (
    <section aria-labelledby="preview" aria-live="polite">
      <Title order={2} id="preview" mb="xs">
        {t("specs.would")}
      </Title>
      {found.faults.map((fault) => (
        <Alert
          key={`${fault.where} ${fault.detail}`}
          color="red"
          title={fault.where ?? t("specs.fault")}
          mb="xs"
        >
          <Wording said={fault.said} english={[fault.detail, fault.mend].filter(Boolean).join(" ")} />
        </Alert>
      ))}
      {found.publishable && (
        <Text mb="xs">
          {t((found.labels?.length ?? 0) === 0 && !found.asked_again ? "specs.untouched" : "specs.effect", {
            kept: count(sum(found.labels, "kept")),
            mapped: count(found.mapped ?? 0),
            asked: count(found.asked_again ?? 0),
            cost: money(found.cost ?? 0, found.currency ?? "USD"),
          })}
        </Text>
      )}
      {(found.labels?.length ?? 0) > 0 && (
        <Table mb="sm">
          <Table.Tbody>
            {found.labels?.map((one) => (
              <Table.Tr key={`${one.label} ${one.what} ${one.to}`}>
                <Table.Th scope="row">{one.label}</Table.Th>
                <Table.Td>{t(`specs.moved.${one.what}`, { to: one.to })}</Table.Td>
                <Table.Td align="right">{count(one.labels)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {found.changes.map((change) => (
        <Differences key={`${change.kind} ${change.name}`} rows={change.differences} />
      ))}
    </section>
  );
}

function sum(rows: Shapes["Moved"][] | undefined, what: string): number {
  return (rows ?? []).filter((one) => one.what === what).reduce((total, one) => total + one.labels, 0);
}
