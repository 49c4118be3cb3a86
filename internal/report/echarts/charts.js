// What the report's charts use of Apache ECharts. `make echarts` bundles it into
// ../assets/echarts.min.js; a chart of another type, or another component, is added here first.
import { init, setPlatformAPI, use, version } from "echarts/core";
import { BarChart, CustomChart, HeatmapChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent, VisualMapPiecewiseComponent } from "echarts/components";
import { LabelLayout, LegacyGridContainLabel } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";

use([
  BarChart, CustomChart, HeatmapChart, LineChart, SankeyChart, ScatterChart,
  GridComponent, TooltipComponent, VisualMapPiecewiseComponent,
  LabelLayout, LegacyGridContainLabel, // places axis labels as the whole echarts does
  SVGRenderer,
]);
export { init, setPlatformAPI, version };
