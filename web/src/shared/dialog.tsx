// A dialog with its name: as a heading, or unseen. Mantine's own header would be a second banner of the page.
import { CloseButton, Modal, type ModalProps } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./dialog.module.css";

interface Named extends Omit<ModalProps, "opened" | "title" | "attributes" | "withCloseButton"> {
  title: string;
  /** The name is for screen readers alone. */
  bare?: boolean;
  /** With a button that closes it; dialogs that are answered need none. */
  closable?: boolean;
}

export function Dialog({ title, bare = false, closable = false, children, ...others }: Named) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      withCloseButton={false}
      attributes={{ content: { "aria-label": title } }}
      transitionProps={{ duration: 100 }}
      {...others}
    >
      {!bare && (
        <div className={classes.top}>
          <h2 className={classes.title}>{title}</h2>
          {closable && <CloseButton onClick={others.onClose} aria-label={t("close")} />}
        </div>
      )}
      {children}
    </Modal>
  );
}
