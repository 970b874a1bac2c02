package io.afterimage.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory as the system counts it. The heap is less than half of what this process takes: networks and their activations are
 * outside of it, and it is the whole that a container is killed for.
 */
final class ResidentMemory implements MeterBinder {
    private static final Path STATUS = Path.of("/proc/self/status");

    @Override
    public void bindTo(MeterRegistry registry) {
        // The JVM answers with the limit of its container when there is one.
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        gauge(MeterCatalogue.RESIDENT).register(registry);
        Gauge.builder(MeterCatalogue.MEMORY_LIMIT.name(), system, OperatingSystemMXBean::getTotalMemorySize)
                .description(MeterCatalogue.MEMORY_LIMIT.meaning())
                .baseUnit(MeterCatalogue.MEMORY_LIMIT.unit())
                .register(registry);
    }

    private static Gauge.Builder<?> gauge(OwnMeter meter) {
        return Gauge.builder(meter.name(), STATUS, status -> residentBytes(status))
                .strongReference(true)
                .description(meter.meaning())
                .baseUnit(meter.unit());
    }

    /** NaN where the system does not tell. */
    private static double residentBytes(Path status) {
        if (!Files.isReadable(status)) {
            return Double.NaN;
        }
        try {
            List<String> lines = Files.readAllLines(status);
            return lines.stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> 1024.0 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
