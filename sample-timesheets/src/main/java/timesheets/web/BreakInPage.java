package timesheets.web;

import org.springframework.cache.CacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Try to break in: pick an attack, and see what happens. */
@Controller
@Profile("demo")
class BreakInPage {

    private final BreakIn breakIn;

    BreakInPage(BreakIn breakIn) {
        this.breakIn = breakIn;
    }

    @GetMapping("/break-in")
    String attacks(Model model) {
        model.addAttribute("attacks", BreakIn.Attack.values());
        return "break-in";
    }

    @PostMapping("/break-in")
    String run(@RequestParam BreakIn.Attack attack, Model model) {
        model.addAttribute("report", breakIn.run(attack));
        return attacks(model);
    }

    /** An ordinary cache for the attack on it. */
    @Configuration(proxyBeanMethods = false)
    @Profile("demo")
    static class SharedCache {

        @Bean
        CacheManager cacheManager() {
            return new ConcurrentMapCacheManager("names");
        }
    }
}
