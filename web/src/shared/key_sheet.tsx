import { Kbd, Modal, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useKeysInForce } from "./keys";

/** What every key does on the screen below. */
export default function KeySheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const keys = useKeysInForce();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("keys.title")}
      closeButtonProps={{ "aria-label": t("keys.close") }}
    >
      {keys.length === 0 && <Text c="dimmed">{t("keys.none")}</Text>}
      <Table>
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr key={key.press}>
              <Table.Td>{key.does}</Table.Td>
              <Table.Td align="right">
                <Kbd>{key.press.replace("mod", "Ctrl/⌘")}</Kbd>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
