package io.afterimage.guarantee;

import io.afterimage.stream.Topics;
import java.io.IOException;
import java.util.Random;

/**
 * What a service must survive: killed again and again while it works, joined by a second instance, left by it, and stopped.
 * A kill counts only when the service has just been seen committing; one that hits an idle service would prove nothing.
 *
 * @param imagesPerSecond how fast images come, also while nobody scores them
 * @param kills how often the first instance is killed with SIGKILL
 * @param mostImagesBeforeKill a kill comes after 100 to this many images, so that some hit an instance that makes up for lost
 *     time and some one that is up to date
 */
record CrashProcedure(int imagesPerSecond, int kills, int mostImagesBeforeKill, long seed) {
    private static final int FEWEST_IMAGES = 100;

    /** Starts an instance; the same name means the same state folder. */
    interface Launch {
        Child start(String instance) throws IOException;
    }

    /** Exit codes of the two instances when they were told to stop. */
    record Exits(int first, int second) {}

    Exits run(Deployment deployment, Topics topics, Launch launch, ExactlyOnceGuarantee guarantee)
            throws IOException, InterruptedException {
        Random random = new Random(seed);
        deployment.createTopics(topics);
        try (Progress progress = new Progress(deployment, topics);
                Answers answers = new Answers(deployment, topics, guarantee);
                Feed feed = Feed.start(deployment, topics, imagesPerSecond, guarantee)) {
            Child first = launch.start("first");
            for (int kill = 0; kill < kills; kill++) {
                progress.awaitImages(FEWEST_IMAGES + random.nextInt(mostImagesBeforeKill - FEWEST_IMAGES), first);
                progress.awaitCommit(first);
                first.kill();
                first = launch.start("first");
            }
            progress.awaitImages(FEWEST_IMAGES, first);

            Child second = launch.start("second");
            progress.awaitAllWorking(2, first, second);
            int secondExit = second.terminate();
            progress.awaitAllWorking(1, first);

            feed.stop();
            answers.readUntilBalanced();
            int firstExit = first.terminate();
            answers.readToTheEnd();
            return new Exits(firstExit, secondExit);
        }
    }
}
