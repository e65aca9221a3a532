package timesheets;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.springframework.web.bind.annotation.RestController;

/** The directions of the whole house, seen from the module that stands on all the others. */
@AnalyzeClasses(
        packages = {"dev.tenancy", "timesheets"},
        importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule coreStandsOnNothingOfOurs = noClasses()
            .that()
            .resideInAPackage("dev.tenancy")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.tenancy.jwt..", "dev.tenancy.spring..", "timesheets..", "org.springframework..");

    @ArchTest
    static final ArchRule jwtStandsOnCoreAlone = noClasses()
            .that()
            .resideInAPackage("dev.tenancy.jwt..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.tenancy.spring..", "timesheets..", "org.springframework..", "org.hibernate..");

    @ArchTest
    static final ArchRule theLibraryDoesNotKnowTheSample = noClasses()
            .that()
            .resideInAPackage("dev.tenancy..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("timesheets..");

    @ArchTest
    static final ArchRule accessDoesNotKnowTheResources = noClasses()
            .that()
            .resideInAPackage("timesheets.access..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("timesheets.customers..", "timesheets.projects..", "timesheets.timeentries..");

    @ArchTest
    static final ArchRule controllersAreTheirPackagesOwn =
            classes().that().areAnnotatedWith(RestController.class).should().bePackagePrivate();
}
