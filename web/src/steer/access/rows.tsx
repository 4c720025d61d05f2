// A table of the page of access: its heads, and its rows as children.
import type { ReactNode } from "react";
import steer from "../steer.module.css";

export function Rows({ head, children }: { head: readonly string[]; children: ReactNode }) {
  return (
    <div className={steer.scroll}>
      <table className={steer.table}>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
