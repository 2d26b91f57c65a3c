/** The few drawings the portal uses; always beside words, so hidden from screen readers. */
const PATHS = {
  alert: "M12 8v5m0 3.2v.1M12 3 2.8 19.5h18.4z",
  arrow: "M5 12h14m-6-6 6 6-6 6",
  back: "M19 12H5m6-6-6 6 6 6",
  calendar: "M4 6.5h16V20H4zM4 10.5h16M8 3.5v5M16 3.5v5",
  check: "m5 12.5 4.5 4.5L19 7.5",
  clock: "M12 7v5.2l3.4 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
  close: "M6 6l12 12M18 6 6 18",
  download: "M12 4v11m-5-4.5 5 5 5-5M5 20h14",
  info: "M12 11v6m0-9.2v-.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  mail: "M3.5 6h17v12.5h-17zM4 6.5l8 6.5 8-6.5",
  menu: "M4 7h16M4 12h16M4 17h16",
  receipt: "M6 3.5h12v17l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5-2 1.5zM9 8.5h6M9 12.5h6",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
