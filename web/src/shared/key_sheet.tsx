import { Kbd, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Dialog } from "./dialog";
import { shown, useKeysInForce } from "./keys";

/** What every key does on the screen below. */
export default function KeySheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const keys = useKeysInForce().filter((key) => key.press);
  return (
    <Dialog title={t("keys.title")} closable onClose={onClose}>
      {keys.length === 0 && <Text c="dimmed">{t("keys.none")}</Text>}
      <Table>
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr key={key.press}>
              <Table.Td>{key.does}</Table.Td>
              <Table.Td align="right">
                <Kbd>{shown(key.press)}</Kbd>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Dialog>
  );
}
